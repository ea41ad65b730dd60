#include "orchestrator/unowned_store.h"

#include "base/error.h"
#include "orchestrator/local_launcher.h"
#include "orchestrator/slurm_slot.h"
#include "orchestrator/stop_signals.h"
#include "worker/attempt/alive_lock.h"

namespace radsweep::orchestrator {
namespace {

// A process that hangs in a driver, or one of another host that nobody here can signal.
void refuse_living(const Store& store, const std::vector<db::OpenAttempt>& attempts) {
  std::string living;
  for (const db::OpenAttempt& one : attempts) {
    const auto state = attempt::probe_alive_lock(store.attempt(one.name, one.fence.attempt));
    if (!state.held) continue;
    living += (living.empty() ? "" : ", ") + one.name;
    if (state.process) {
      living +=
          " (process " + std::to_string(state.process->pid) + " on " + state.process->host + ")";
    }
  }
  if (living.empty()) return;
  throw Error(ExitCode::interrupted, "stop", store.root().string(), "still running: " + living,
              "end what is named there, then radsweep stop " + store.root().string());
}

}  // namespace

SweepEnd stop_workers(const Store& store, const StoreLock&, double grace_s,
                      const std::function<void(db::RunQueue&)>& change,
                      const std::function<bool(const db::OpenAttempt&)>& is_meant) {
  const SystemClock clock;
  db::Database database = db::Database::open_for_writing(store.database());
  db::RunQueue queue(database, [&clock] { return clock.wall_ms(); });
  change(queue);
  std::vector<db::OpenAttempt> open = queue.open_attempts();
  std::erase_if(open, [&is_meant](const db::OpenAttempt& one) {
    return is_slurm_slot(one.slot) || !is_meant(one);  // those are on other machines
  });
  if (open.empty()) return SweepEnd::stopped;

  StopSignals signals(Hangup::stops);
  LocalLauncher launcher({}, signals.descriptor());  // starts nothing
  const auto progress = make_progress(ProgressStyle::plain);
  SupervisorOptions how;
  how.grace_s = grace_s;
  how.stop_requests = [&signals] { return 1 + signals.count(); };
  Supervisor supervisor(store, database, queue, launcher, clock, *progress, {}, {}, how);
  supervisor.take_over(open);
  const SweepEnd end = supervisor.run();
  refuse_living(store, open);
  return end;
}

}  // namespace radsweep::orchestrator
