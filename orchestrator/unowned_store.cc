#include "orchestrator/unowned_store.h"

#include "orchestrator/local_launcher.h"
#include "orchestrator/stop_signals.h"

namespace radsweep::orchestrator {

SweepEnd stop_workers(const Store& store, const StoreLock&, double grace_s,
                      const std::function<void(db::RunQueue&)>& change,
                      const std::function<bool(const db::OpenAttempt&)>& is_meant) {
  const SystemClock clock;
  db::Database database = db::Database::open_for_writing(store.database());
  db::RunQueue queue(database, [&clock] { return clock.wall_ms(); });
  change(queue);
  std::vector<db::OpenAttempt> open = queue.open_attempts();
  std::erase_if(open, [&is_meant](const db::OpenAttempt& one) { return !is_meant(one); });
  if (open.empty()) return SweepEnd::stopped;

  StopSignals signals(Hangup::stops);
  LocalLauncher launcher({}, signals.descriptor());  // starts nothing
  const auto progress = make_progress(ProgressStyle::plain);
  SupervisorOptions how;
  how.grace_s = grace_s;
  how.stop_requests = [&signals] { return 1 + signals.count(); };
  Supervisor supervisor(store, database, queue, launcher, clock, *progress, {}, {}, how);
  supervisor.take_over(open);
  return supervisor.run();
}

}  // namespace radsweep::orchestrator
