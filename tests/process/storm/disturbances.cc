#include "tests/process/storm/disturbances.h"

#include "tests/process/storm/aim.h"
#include "tests/process/storm/holds.h"
#include "tests/process/storm/kills.h"
#include "tests/process/storm/rivals.h"

namespace radsweep::test {
namespace {

void aimed(StormySweep& sweep) {
  strike(sweep, sweep.dice.pick(aims()));
}

void begin_plainly(StormySweep& sweep) {
  sweep.need_orchestrator();
}

void begin_aimed(StormySweep& sweep) {
  strike(sweep, sweep.dice.pick(first_aims()));
}

}  // namespace

const std::vector<Disturbance>& disturbances() {
  static const std::vector<Disturbance> all{
      {"kill -9 of a worker", 6, kill_worker},
      {"kill -9 of the orchestrator", 5, kill_orchestrator},
      {"kill -9 of both", 4, kill_both},
      {"kill -9 of everything", 3, kill_everything},
      {"an aimed kill", 14, aimed},
      {"one signal to stop", 1, interrupt_once},
      {"two signals to stop", 1, interrupt_twice},
      {"many signals to stop", 1, interrupt_often},
      {"radsweep stop", 1, stop_by_command},
      {"a worker held still", 2, hold_worker},
      {"the orchestrator held still", 2, hold_orchestrator},
      {"a worker that outlives its attempt", 1, outlive},
      {"a locked database", 1, lock_database},
      {"a clock that is set", 2, set_clock},
  };
  return all;
}

const std::vector<Disturbance>& beginnings() {
  static const std::vector<Disturbance> all{
      {"a start", 1, begin_plainly},
      {"five orchestrators at once", 1, start_five},
      {"an aimed kill at the start", 3, begin_aimed},
  };
  return all;
}

const Disturbance& draw(Dice& dice, const std::vector<Disturbance>& from) {
  int sum = 0;
  for (const Disturbance& one : from) sum += one.weight;
  int left = dice.from_to(1, sum);
  for (const Disturbance& one : from) {
    left -= one.weight;
    if (left <= 0) return one;
  }
  return from.back();
}

}  // namespace radsweep::test
