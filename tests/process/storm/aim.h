// Blows aimed at the worst points: a process dies at its n-th call on certain files.
#pragma once

#include <string>
#include <vector>

#include "tests/process/storm/stormy_sweep.h"

namespace radsweep::test {

struct Aim {
  std::string point;  // "between claim and spawn"
  enum class Target { orchestrator, worker, preparation } target;
  std::string path, calls;  // die_at_call.cc; no calls: every one that changes something
  int most;                 // n is drawn from 1 to this
};

// Points on the way of a sweep, and those that only a new store passes.
const std::vector<Aim>& aims();
const std::vector<Aim>& first_aims();

// One orchestrator's life in which that happens, unless the life ends before.
void strike(StormySweep& sweep, const Aim& aim);

}  // namespace radsweep::test
