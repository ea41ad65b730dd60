#include "orchestrator/run_sweep.h"

#include <algorithm>
#include <iostream>
#include <set>

#include "db/pruned.h"
#include "db/run_queue.h"
#include "orchestrator/detach.h"
#include "orchestrator/environment/check_programs.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/gpu_watch.h"
#include "orchestrator/local_launcher.h"
#include "orchestrator/record_sweep.h"
#include "orchestrator/room.h"
#include "orchestrator/stop_signals.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/supervisor.h"
#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/memory.h"
#include "orchestrator/sweep/memory_fit.h"
#include "orchestrator/sweep/sweep_file.h"
#include "orchestrator/sweep_outcome.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

// Before an out-of-memory error does it, after the data was prepared.
void check_memory(const RunOptions& options, const std::vector<PlannedRun>& runs,
                  const std::set<std::string>& done, const std::vector<SlotPlan>& slots) {
  if (options.ignore_memory) return;
  std::vector<MemoryNeed> needs;
  for (const PlannedRun& run : runs) {
    if (!done.contains(run.row.identity)) needs.push_back(need_of(run));
  }
  std::vector<std::optional<double>> memory;
  for (const SlotPlan& slot : slots) memory.push_back(slot.memory_bytes);
  refuse_misfits(memory_fit(needs, memory), options.file);
}

// Everything that can be found wrong within seconds is found before anything is left behind: a
// store, an hour of preparation, or a background process that nobody watches.
void check_inputs(const RunOptions& options, const Sweep& sweep, const Store& store) {
  std::vector<std::string> missing;
  DataFacts facts = inspect_data(sweep, store, missing);
  // Of data that is not generated yet only the most is known.
  if (facts.source.manifest.empty()) facts.train_studies = sweep.data.synthetic->studies;
  const std::vector<PlannedRun> runs = expand(sweep, facts);
  check_programs(runs);
  const SlotPlans plans =
      plan_slots(sweep.resources, {options.gpus, options.cpu_slots, 0}, inspect_machine());
  if (!fs::exists(store.database())) check_memory(options, runs, {}, plans.slots);
  if (!sweep.trainer) worker_program();
}

std::optional<PruneOptions> prune_options(const Sweep& sweep) {
  if (!sweep.prune) return std::nullopt;
  PruneOptions options{*sweep.prune};
  if (!sweep.trainer) return options;
  options.metric = sweep.trainer->metric;
  options.mode = sweep.trainer->mode == "min" ? Pruner::Mode::min : Pruner::Mode::max;
  return options;
}

SweepEnd supervise(const RunOptions& options, const Sweep& sweep, const Store& store,
                   std::vector<PlannedRun> runs, db::Database& database, db::RunQueue& queue,
                   StopSignals& signals, const Clock& clock, Progress& progress) {
  check_programs(runs);
  const db::StateCounts counts = queue.counts();
  const SlotOptions slot_options{options.gpus, options.cpu_slots, counts.total() - counts.done};
  const Machine machine = inspect_machine();
  SlotPlans plans = plan_slots(sweep.resources, slot_options, machine);
  for (const std::string& note : plans.notes) progress.tell(note);
  check_memory(options, runs, done_runs(database), plans.slots);

  LocalLauncher launcher = sweep.trainer ? LocalLauncher(fs::read_symlink("/proc/self/exe"),
                                                         signals.descriptor(), attempt::kWrapVerb)
                                         : LocalLauncher(worker_program(), signals.descriptor());
  GpuWatch gpus(queue, launcher);
  SupervisorOptions how;
  how.sweep = sweep.name;
  how.grace_s = options.grace_s;
  how.retry = sweep.retry;
  how.stop_requests = [&signals] { return signals.count(); };
  how.max_failures = options.max_failures;
  how.prune = prune_options(sweep);
  if (how.prune) progress.tell("prunes " + in_words(how.prune->rule));
  double largest_bytes = 0;
  for (const PlannedRun& run : runs) {
    if (run.spec.trainer) continue;  // what it keeps is not known
    largest_bytes =
        std::max(largest_bytes, checkpoint_bytes(run.spec.architecture, run.spec.recipe));
  }
  how.lack_of_room = [&store, largest_bytes] { return lack_of_room(store.root(), largest_bytes); };
  how.slot_problem = [&gpus](const SlotPlan& slot) { return gpus.problem_of(slot); };
  Supervisor supervisor(store, database, queue, launcher, clock, progress, std::move(runs),
                        std::move(plans.slots), std::move(how));
  supervisor.take_over(queue.open_attempts());
  gpus.record_all(machine.gpus.gpus);  // now that adopted workers are known as ours
  return supervisor.run();
}

// For who asks later why nothing runs.
void remember(const Error& cause, db::RunQueue& queue) {
  try {
    queue.record_halt("the last orchestrator could not " + cause.doing() + " " + cause.where() +
                      ": " + cause.why());
  } catch (const Error&) {  // the database itself is what failed; the cause is told by the caller
    return;
  }
}

// Returns true in the process that shall not go on.
bool left_to_background(const Store& store, StoreLock& lock) {
  const fs::path log = store.root() / "orchestrator.log";
  const auto pid = detach(log, [&lock] { lock.name_this_process(); });
  if (!pid) return false;
  std::cerr << "radsweep: goes on as process " << *pid << "\n  follow: radsweep watch "
            << store.root().string() << "\n  stop:   radsweep stop " << store.root().string()
            << "\n  log:    " << log.string() << '\n';
  return true;
}

}  // namespace

ExitCode run_sweep(const RunOptions& options) {
  const Sweep sweep = read_sweep_file(options.file);
  const Store store(options.store.empty() ? fs::path("runs") / sweep.name
                                          : fs::path(options.store));
  if (options.detach || !fs::exists(store.database())) check_inputs(options, sweep, store);
  StoreLock lock = StoreLock::take(store);
  if (options.detach && left_to_background(store, lock)) return ExitCode::complete;

  // From here on a signal is obeyed at the next step, never by dying in the middle of one.
  StopSignals signals(options.detach ? Hangup::ignored : Hangup::stops);
  const SystemClock clock;
  const auto progress = make_progress(options.progress);
  db::Database database = db::Database::open_for_writing(store.database());
  if (database.journal_mode() == db::JournalMode::truncate) {
    progress->tell(store.root().string() +
                   " lies on a network file system: readers may have to wait for a commit");
  }
  db::RunQueue queue(database, [&clock] { return clock.wall_ms(); });
  std::vector<PlannedRun> runs = plan_runs(sweep, store, database);
  record_sweep(sweep, store, runs, queue, *progress);

  SweepEnd end = SweepEnd::complete;
  queue.record_halt(std::nullopt);  // what ended the run before this one
  if (!is_complete(queue)) {
    try {
      end = supervise(options, sweep, store, std::move(runs), database, queue, signals, clock,
                      *progress);
    } catch (const Error& cause) {
      remember(cause, queue);
      throw;
    }
  }
  if (end == SweepEnd::interrupted) {  // now: the database may be locked, so it is not asked
    progress->tell("continue with: radsweep run " + options.file);
    return ExitCode::interrupted;
  }
  const db::StateCounts counts = queue.counts();
  const Outcome outcome{sweep.name, "radsweep run " + options.file,  end, exit_code(end, counts),
                        counts,     db::read_pruned(database).size()};
  tell_outcome(outcome, store, *progress);
  if (options.json) print_outcome(outcome, store);
  return outcome.code;
}

}  // namespace radsweep::orchestrator
