// What a storm does to a sweep, besides aimed blows (aim.h).
#pragma once

#include <string>
#include <vector>

#include "tests/process/storm/stormy_sweep.h"

namespace radsweep::test {

struct Disturbance {
  std::string name;
  int weight;  // how often, compared with the others
  void (*strike)(StormySweep&);
};

const std::vector<Disturbance>& disturbances();
// How a sweep begins.
const std::vector<Disturbance>& beginnings();

// One of them, by weight.
const Disturbance& draw(Dice& dice, const std::vector<Disturbance>& from);

}  // namespace radsweep::test
