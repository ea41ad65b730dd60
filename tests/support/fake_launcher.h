// Workers without processes: they take the time a test says, on the test's clock, and leave the
// files a real one would.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/launcher.h"
#include "tests/support/fake_clock.h"

namespace radsweep::test {

// How one attempt goes.
struct FakeAttempt {
  double seconds = 10;
  enum class Ends { done, failed, killed, silently } ends = Ends::done;
  std::string error_class = "bug";  // of a sealed failure
  int signal = 9;                   // of `killed`
  double stands_still_after_s = 1e9;
  long first_step = 0, total_steps = 0;  // of its beats; one step a second
  bool ignores_term = false;
};

class FakeLauncher : public orchestrator::Launcher {
 public:
  using Script = std::function<FakeAttempt(const attempt::Spec&)>;
  FakeLauncher(FakeClock& clock, Script script) : clock_(clock), script_(std::move(script)) {}

  db::ProcessRow start(const db::Fence& fence, const std::filesystem::path& folder,
                       const attempt::Slot& slot) override;
  // Lives when the test put the run into `living`; then runs as a fresh one.
  std::optional<db::ProcessRow> adopt(const db::Fence& fence,
                                      const std::filesystem::path& folder) override;
  void stop(const db::Fence& fence, orchestrator::StopHow how) override;
  // Advances the clock to the next end, at most by `timeout_s`.
  std::vector<orchestrator::WorkerEnd> wait(double timeout_s) override;

  // What happened, in order: "start 32-a-s1/1", "term 32-a-s1", "kill 32-a-s1".
  std::vector<std::string> calls;
  std::set<std::string> living;
  std::set<std::string> cannot_start;
  std::function<void()> after_wait = [] {};  // for what happens at a certain time
  int most_at_once = 0;

 private:
  struct Worker {
    db::Fence fence;
    std::filesystem::path folder;
    attempt::Spec spec;
    FakeAttempt plan;
    double since_s = 0;
    bool term = false, kill = false;
  };
  void add(const db::Fence& fence, const std::filesystem::path& folder);
  double end_of(const Worker& worker) const;
  orchestrator::WorkerEnd finish(const Worker& worker) const;

  FakeClock& clock_;
  Script script_;
  std::vector<Worker> workers_;
};

}  // namespace radsweep::test
