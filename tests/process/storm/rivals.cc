#include "tests/process/storm/rivals.h"

#include "tests/support/fake_behaviour.h"

namespace radsweep::test {

void start_five(StormySweep& sweep) {
  // Fake workers wait, so that nobody comes when the sweep is complete already.
  const std::string waiting = sweep.climate.fake + " wait_for=" + sweep.sandbox.gate();
  std::vector<std::unique_ptr<Radsweep>> five;
  for (int i = 0; i < 5; ++i) {
    five.push_back(sweep.another_orchestrator({{kFakeVariable, waiting}}));
  }
  const auto refused = [&five] {
    int count = 0;
    for (const auto& one : five) count += one->wait(0) == 5 ? 1 : 0;
    return count;
  };
  if (!eventually([&] { return refused() == 4; })) {
    sweep.violations.push_back("of five orchestrators started at once " +
                               std::to_string(refused()) + " were refused");
  }
  sweep.sandbox.open_gate();
  for (auto& one : five) {
    if (one->wait(0) != 5) sweep.follow(std::move(one));
  }
  sweep.tally.did("start", "five orchestrators at once");
}

void only_five_at_once(StormySweep& sweep) {
  start_five(sweep);
  if (sweep.violations.empty()) sweep.expect_end({0});
}

}  // namespace radsweep::test
