// The queue: which run is next, and every change of a run's state. Each function is one guarded
// BEGIN IMMEDIATE transaction that also writes an `event` row. A function that takes a Fence
// returns false, changes nothing and logs a "fenced" event when that attempt is not the run's
// newest or the run is not in the state the change leaves.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/run.h"

namespace radsweep::db {

class RunQueue {
 public:
  using Clock = std::function<std::int64_t()>;  // milliseconds of the Unix epoch
  RunQueue(Database& database, Clock now_ms);

  // Makes `runs` the current set of the sweep: unknown identities become pending runs, known ones
  // stay as they are (a cancelled one that was dropped earlier comes back as pending) but take the
  // file's architecture, variant, config, cost and, unless they are done, gpus, which may be other
  // words for it (an attempt that is open keeps the slots it has, the next one takes so many);
  // current runs not named any more are kept but no longer current (pending and waiting ones become
  // cancelled). A new run whose name another identity holds is stored as "<name>-<6 hex of
  // identity>". One transaction, whatever the number of runs.
  struct SyncReport {
    std::vector<std::string> added, restored, relabelled, dropped;  // names
    int unchanged = 0;
  };
  SyncReport set_runs(const SweepRow& sweep, const std::vector<NewRun>& runs);

  // Of the pending current runs that take no more slots than `free` names, claims the one that
  // takes most, of equals the most expensive: state running, attempt + 1, attempt row opened on the
  // first so many of `free`, joined by '+'. nullopt when none fits.
  // While a run of many slots waits, smaller ones take what is left over. It waits no longer than
  // they last: the slots of a run come free together, so the next one of as many fits; one that
  // comes back from a pause may have to see the smaller ones end that were started meanwhile, at
  // worst all of them.
  std::optional<Claim> claim_next(std::span<const std::string> free);
  std::optional<Claim> claim_next(const std::string& slot);  // when no other is free
  // pending|waiting -> running as attempt `number`, which was begun at `started_ms` by somebody who
  // chose the number himself: a task on a cluster's node. nullopt, and nothing is changed, when the
  // run is in another state or has had that number or a higher one.
  std::optional<Fence> take_up(const std::string& identity, int number, const std::string& slot,
                               std::int64_t started_ms);
  bool record_process(const Fence& fence, const ProcessRow& process);

  // running|stopping -> done, with its result, all epochs' metrics and the best epoch's
  // predictions (replacing what live ingestion stored). Also when a retry or cancel is pending:
  // a sealed result of the newest attempt always counts.
  bool finish(const Fence& fence, const ResultRow& result, const std::vector<MetricRow>& metrics,
              const std::vector<PredictionRow>& predictions);

  // running|stopping -> waiting until `not_before_ms`, or failed when `not_before_ms` is nullopt
  // or this was the last of `max_failures`. Counts one failure. A run in state stopping whose
  // cancel was asked for becomes cancelled instead.
  bool fail(const Fence& fence, const Failure& failure, std::optional<std::int64_t> not_before_ms,
            int max_failures);

  // running|stopping -> pending (or cancelled when that was asked for). No failure counted:
  // interrupted, lost or stopped in good order. `outcome`: stopped | lost.
  bool release(const Fence& fence, const std::string& outcome, const std::string& reason);

  // running -> stopping. `cancel`: what it becomes when its process is gone.
  enum class AfterStop { pending, cancelled };
  bool stop(const Fence& fence, AfterStop after);
  // running -> stopping, then cancelled, with a `pruned` event that says why (db/pruned.h).
  bool prune(const Fence& fence, const std::string& reason);

  // By name. cancel: pending|waiting -> cancelled at once, running -> stopping(cancelled).
  // retry: failed|cancelled|waiting -> pending, failures = 0. `by`: who asks for it, for the
  // event. The text names the run and says why not; nullopt when done.
  std::optional<std::string> cancel(const std::string& run_name, const std::string& by = "");
  std::optional<std::string> retry(const std::string& run_name, const std::string& by = "");

  // waiting -> pending for every run whose time has come, or whose time is further away than any
  // pause is long (the clock was wrong when it was set); returns how many. While there is none it
  // only reads.
  int wake(std::int64_t longest_pause_ms);

  std::vector<OpenAttempt> open_attempts() const;
  // Slots that the run takes which claim_next would find with so many free; nullopt: none fits.
  std::optional<int> next_gpus(std::size_t free) const;
  StateCounts counts() const;  // of current runs

  // free with an attempt of ours open on it is stored as held; from then on claims and ends of
  // attempts turn the one into the other.
  void record_gpu(const GpuRow& gpu);
  // For db/outlook.h: why no new run is started (nothing: they are), and the slots of this
  // orchestrator. Nothing is written when nothing changed.
  void record_halt(const std::optional<std::string>& why);
  void record_slots(std::vector<SlotRow> slots);

  void record_event(const std::string& kind, const std::string& detail,
                    std::optional<Fence> fence = std::nullopt);

 private:
  Database& database_;
  Clock now_ms_;
};

}  // namespace radsweep::db
