// The chance in a storm: one seed decides everything but the machine's own timing.
#pragma once

#include <random>
#include <vector>

namespace radsweep::test {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  int from_to(int least, int most) {
    return least + static_cast<int>(random_() % static_cast<unsigned>(most - least + 1));
  }
  bool one_in(int n) { return from_to(1, n) == 1; }
  template <typename Thing>
  const Thing& pick(const std::vector<Thing>& things) {
    return things[random_() % things.size()];
  }

 private:
  std::mt19937 random_;
};

}  // namespace radsweep::test
