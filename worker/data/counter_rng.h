// Random numbers of the data side: a pure function of what they are for.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/counter_hash.h"

namespace radsweep::data {

// The numbers of one purpose (`stream`) for one view of one study in one epoch. Number i is
//   unit_interval(counter_hash({counter_hash({seed, stream_word(stream), epoch, study, view}), i}))
// so asking for it twice, in another order or in another thread changes nothing.
class CounterRng {
 public:
  constexpr CounterRng(std::uint64_t seed, std::string_view stream, std::uint64_t epoch,
                       std::uint64_t study = 0, std::uint64_t view = 0)
      : key_(counter_hash({seed, stream_word(stream), epoch, study, view})) {}

  // In [0, 1).
  constexpr double at(std::uint64_t index) const {
    return unit_interval(counter_hash({key_, index}));
  }
  // In [low, high); `low` when both are equal.
  constexpr double between(double low, double high, std::uint64_t index) const {
    return low + (high - low) * at(index);
  }

 private:
  std::uint64_t key_;
};

}  // namespace radsweep::data
