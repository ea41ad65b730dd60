#include "tests/support/fake_launcher.h"

#include <algorithm>

#include "base/error.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/result.h"

namespace radsweep::test {
namespace fs = std::filesystem;
using orchestrator::StopHow;
using orchestrator::WorkerEnd;

db::ProcessRow FakeLauncher::start(const db::Fence& fence, const fs::path& folder,
                                   const attempt::Slot&) {
  const attempt::Spec spec = attempt::read_spec(folder);
  if (cannot_start.count(spec.run) > 0) {
    throw Error(ExitCode::environment, "start the worker", "nowhere", "it cannot be executed");
  }
  calls.push_back("start " + spec.run + "/" + std::to_string(spec.attempt));
  add(fence, folder);
  return {"host", "boot", static_cast<int>(calls.size()), 1};
}

std::optional<db::ProcessRow> FakeLauncher::adopt(const db::Fence& fence, const fs::path& folder) {
  const std::string run = folder.parent_path().filename();
  if (living.count(run) == 0) return std::nullopt;
  calls.push_back("adopt " + run);
  add(fence, folder);
  return db::ProcessRow{"host", "boot", 4711, 1};
}

void FakeLauncher::add(const db::Fence& fence, const fs::path& folder) {
  const attempt::Spec spec = attempt::read_spec(folder);
  workers_.push_back({fence, folder, spec, script_(spec), clock_.elapsed_s()});
  most_at_once = std::max(most_at_once, static_cast<int>(workers_.size()));
}

void FakeLauncher::stop(const db::Fence& fence, StopHow how) {
  for (Worker& worker : workers_) {
    if (!(worker.fence == fence)) continue;
    calls.push_back((how == StopHow::now ? "kill " : "term ") + worker.spec.run);
    (how == StopHow::now ? worker.kill : worker.term) = true;
  }
}

double FakeLauncher::end_of(const Worker& worker) const {
  if (worker.kill || (worker.term && !worker.plan.ignores_term)) return clock_.elapsed_s();
  return worker.since_s + worker.plan.seconds;
}

std::vector<WorkerEnd> FakeLauncher::wait(double timeout_s) {
  double until_s = clock_.elapsed_s() + timeout_s;
  for (const Worker& worker : workers_) until_s = std::min(until_s, end_of(worker));
  clock_.advance(std::max(0.0, until_s - clock_.elapsed_s()));
  std::vector<WorkerEnd> ended;
  std::erase_if(workers_, [&](const Worker& worker) {
    const double busy_s = clock_.elapsed_s() - worker.since_s;
    attempt::Beat beat;
    const double advanced = std::min(busy_s, worker.plan.stands_still_after_s);
    beat.step = worker.plan.first_step + static_cast<long>(advanced);
    beat.total_steps = worker.plan.total_steps;
    attempt::write_beat(worker.folder, beat);
    if (end_of(worker) > clock_.elapsed_s()) return false;
    ended.push_back(finish(worker));
    return true;
  });
  after_wait();
  return ended;
}

WorkerEnd FakeLauncher::finish(const Worker& worker) const {
  WorkerEnd end{.fence = worker.fence};
  attempt::Result result;
  result.run = worker.spec.run;
  result.identity = worker.spec.identity;
  result.attempt = worker.spec.attempt;
  const bool stopped = worker.term && !worker.plan.ignores_term;
  if (worker.kill || (!stopped && worker.plan.ends == FakeAttempt::Ends::killed)) {
    end.term_signal = worker.plan.signal;
    return end;
  }
  end.exit_code = stopped ? 75 : 0;
  if (!stopped && worker.plan.ends == FakeAttempt::Ends::silently) return end;
  if (stopped) {
    result.outcome = attempt::Outcome::stopped;
  } else if (worker.plan.ends == FakeAttempt::Ends::failed) {
    result.outcome = attempt::Outcome::failed;
    result.error_class = worker.plan.error_class;
    result.error = "told to fail";
    end.exit_code = 70;
  } else {
    result.best_epoch = 0;
    result.best_auc = 0.75;
    result.train_seconds = worker.plan.seconds;
  }
  attempt::write_result(worker.folder, result);
  return end;
}

}  // namespace radsweep::test
