#include "orchestrator/slurm/run_on_slurm.h"

#include <poll.h>

#include <algorithm>
#include <map>
#include <optional>

#include "db/pruned.h"
#include "db/run_queue.h"
#include "orchestrator/backup_keeper.h"
#include "orchestrator/environment/check_programs.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/failure_rules.h"
#include "orchestrator/record_sweep.h"
#include "orchestrator/requests.h"
#include "orchestrator/slurm/collect.h"
#include "orchestrator/slurm/end_elements.h"
#include "orchestrator/slurm/submit.h"
#include "orchestrator/slurm_slot.h"
#include "orchestrator/status/sweep_status.h"
#include "orchestrator/stop_signals.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/sweep/sweep_file.h"
#include "orchestrator/sweep_outcome.h"
#include "worker/attempt/alive_lock.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;
namespace {

constexpr double kRequestLook_s = 0.5;  // cancel and retry wait for an answer
constexpr double kOwnerPatience_s = 5;
constexpr int kSubmissionsInVain = 3;
constexpr int kRefusals = 5;  // of Slurm, in a row, until the wait is given up
constexpr auto kLongestPause_ms =
    static_cast<std::int64_t>(1000 * kLongestBackoff_s * (1 + kBackoffJitter));

// Somebody's `radsweep status` owns the store for as long as it collects.
StoreLock take_lock(const Store& store) {
  const SystemClock clock;
  const double until_s = clock.elapsed_s() + kOwnerPatience_s;
  while (clock.elapsed_s() < until_s) {
    if (auto lock = StoreLock::try_take(store)) return *std::move(lock);
    ::poll(nullptr, 0, 100);
  }
  return StoreLock::take(store);
}

// Attempts that this machine started itself.
void refuse_local_workers(const Store& store, const db::RunQueue& queue) {
  for (const db::OpenAttempt& open : queue.open_attempts()) {
    if (is_slurm_slot(open.slot)) continue;
    if (!attempt::probe_alive_lock(store.attempt(open.name, open.fence.attempt)).held) continue;
    throw Error(ExitCode::environment, "give to Slurm", store.root().string(),
                open.name + " is at work on " + open.slot,
                "radsweep stop " + store.root().string() + ", then this command again");
  }
}

// The loop: one look at Slurm and at the folders, then what follows from it.
class Waiting {
 public:
  Waiting(const RunOptions& options, const Sweep& sweep, const Store& store, db::Database& database,
          db::RunQueue& queue, std::vector<PlannedRun> runs, StopSignals& signals,
          Progress& progress)
      : options_(options),
        sweep_(sweep),
        store_(store),
        database_(database),
        queue_(queue),
        signals_(signals),
        progress_(progress),
        slurm_(sweep.slurm.sbatch_timeout_s),
        collector_({store, database, queue, clock_, sweep.retry}),
        backup_(database, clock_, progress) {
    for (PlannedRun& run : runs) {
      std::string identity = run.row.identity;
      runs_.emplace(std::move(identity), std::move(run));
    }
  }

  SweepEnd run() {
    config_ = slurm_.config();
    look();  // what is refused now is an error; later it may pass
    while (!options_.detach && !is_complete(queue_) && signals_.count() == 0) {
      wait();
      if (signals_.count() == 0) look_patiently();
    }
    backup_.finish();
    return is_complete(queue_) || options_.detach ? SweepEnd::complete : SweepEnd::stopped;
  }

  int in_slurm() const { return in_slurm_; }

 private:
  void look() {
    const QueueView view = slurm_.queue();
    finish_half_made(store_, view, clock_);
    for (const std::string& line : collector_.collect(view)) {
      progress_.tell(line);
      backup_.note_change();
    }
    answer();
    end_unwanted(store_, database_, slurm_, view);
    queue_.wake(kLongestPause_ms);
    const auto there = runs_in(store_, view);
    in_slurm_ = static_cast<int>(there.size());
    const SubmitTo to{store_, database_, slurm_, config_, clock_, progress_};
    const std::vector<Submitted> submitted = submit_pending(to, sweep_, runs_, there);
    in_slurm_ += static_cast<int>(submitted.size());
    note(submitted);
    if (progress_.wants_picture()) progress_.show(read_status(store_, database_).view);
    backup_.keep();
  }

  // Jobs that Slurm, or somebody by scancel, ends before they start would be submitted for ever.
  void note(const std::vector<Submitted>& submitted) {
    for (const Submitted& run : submitted) {
      int& times = submissions_[{run.identity, run.attempt}];
      if (++times <= kSubmissionsInVain) continue;
      hopeless_ = true;
      throw Error(ExitCode::environment, "run", run.name,
                  "Slurm took it " + std::to_string(kSubmissionsInVain) +
                      " times and ended it before it began",
                  "`scontrol show job` says why; then this command again, or radsweep cancel");
    }
  }

  // A controller that restarts, or a limit of jobs that is full for now.
  void look_patiently() {
    try {
      look();
      refusals_ = 0;
    } catch (const Error& refused) {
      if (refused.code() != ExitCode::environment || hopeless_) throw;
      if (++refusals_ == kRefusals) throw;
      progress_.tell(std::string(refused.what()) + "; tried again in " +
                     std::to_string(static_cast<int>(sweep_.slurm.poll_s)) + " s");
    }
  }

  // Until the next look, or until somebody asks for something.
  void wait() {
    const double until_s = clock_.elapsed_s() + sweep_.slurm.poll_s;
    while (signals_.count() == 0) {
      const double left_s = until_s - clock_.elapsed_s();
      if (left_s <= 0) return;
      pollfd signal{signals_.descriptor(), POLLIN, 0};
      ::poll(&signal, 1, static_cast<int>(1000 * std::min(left_s, kRequestLook_s)));
      if (answer()) return;  // what it changed is for Slurm too
    }
  }

  // Whether anybody asked for anything.
  bool answer() {
    bool asked = false;
    answer_requests(store_, [&](const Request& request) {
      asked = true;
      Answer answer;
      for (const std::string& run : request.runs) {
        answer.push_back(request.verb == RequestVerb::cancel ? queue_.cancel(run, request.by)
                                                             : queue_.retry(run, request.by));
      }
      return answer;
    });
    return asked;
  }

  const RunOptions& options_;
  const Sweep& sweep_;
  const Store& store_;
  db::Database& database_;
  db::RunQueue& queue_;
  StopSignals& signals_;
  Progress& progress_;
  const SystemClock clock_;
  SlurmClient slurm_;
  SlurmConfig config_;
  Collector collector_;
  BackupKeeper backup_;
  std::map<std::string, PlannedRun> runs_;                  // by identity
  std::map<std::pair<std::string, int>, int> submissions_;  // of a run for the same attempt
  int refusals_ = 0;                                        // in a row
  bool hopeless_ = false;  // what was refused will be refused again
  int in_slurm_ = 0;       // runs
};

void tell_how_to_go_on(const Store& store, int in_slurm, Progress& progress) {
  if (in_slurm == 0) return;
  progress.tell(std::to_string(in_slurm) + (in_slurm == 1 ? " run goes" : " runs go") +
                " on in Slurm: radsweep status " + store.root().string() +
                " shows them, the same command waits for them, radsweep stop " +
                store.root().string() + " ends them");
}

}  // namespace

std::vector<PlannedRun> check_inputs_for_slurm(const Sweep& sweep, const Store& store) {
  std::vector<std::string> missing;
  DataFacts facts = inspect_data(sweep, store, missing);
  // Of data that is not generated yet only the most is known.
  if (facts.source.manifest.empty()) facts.train_studies = sweep.data.synthetic->studies;
  std::vector<PlannedRun> runs = expand(sweep, facts);
  check_programs(runs);
  if (!sweep.trainer) worker_program();
  return runs;
}

std::vector<std::string> slurm_notes(const Sweep& sweep) {
  std::vector<std::string> notes;
  if (sweep.prune) notes.push_back("'prune' is not for Slurm: every run goes to its end");
  if (sweep.retry.time_limit_h) {
    notes.push_back("'retry: time_limit_h' is not for Slurm: 'slurm: time' limits an attempt");
  }
  if (sweep.resources.runs_per_gpu > 1) {
    notes.push_back("'resources: runs_per_gpu' is not for Slurm: every run has GPUs of its own");
  }
  return notes;
}

ExitCode run_on_slurm(const RunOptions& options) {
  const Sweep sweep = read_sweep_file(options.file);
  const Store store(options.store.empty() ? fs::path("runs") / sweep.name
                                          : fs::path(options.store));
  if (options.detach || !fs::exists(store.database())) check_inputs_for_slurm(sweep, store);
  SlurmClient(sweep.slurm.sbatch_timeout_s).config();  // without Slurm nothing is left behind
  const StoreLock lock = take_lock(store);

  StopSignals signals(Hangup::stops);
  const SystemClock clock;
  const auto progress = make_progress(options.progress);
  db::Database database = db::Database::open_for_writing(store.database());
  db::RunQueue queue(database, [&clock] { return clock.wall_ms(); });
  refuse_local_workers(store, queue);
  std::vector<PlannedRun> runs = plan_runs(sweep, store, database);
  record_sweep(sweep, store, runs, queue, *progress);
  queue.record_halt(std::nullopt);  // what ended the run before this one
  for (const std::string& note : slurm_notes(sweep)) progress->tell(note);

  SweepEnd end = SweepEnd::complete;
  int in_slurm = 0;
  if (!is_complete(queue)) {
    Waiting waiting(options, sweep, store, database, queue, std::move(runs), signals, *progress);
    end = waiting.run();
    in_slurm = waiting.in_slurm();
  }
  const db::StateCounts counts = queue.counts();
  const bool detached = options.detach && !is_complete(queue);
  const Outcome outcome{sweep.name, "radsweep run " + options.file + " --executor slurm",
                        end,        detached ? ExitCode::complete : exit_code(end, counts),
                        counts,     db::read_pruned(database).size()};
  tell_outcome(outcome, store, *progress);
  if (!is_complete(queue)) tell_how_to_go_on(store, in_slurm, *progress);
  if (options.json) print_outcome(outcome, store);
  return outcome.code;
}

}  // namespace radsweep::orchestrator::slurm
