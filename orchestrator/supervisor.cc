#include "orchestrator/supervisor.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "orchestrator/failure_rules.h"
#include "orchestrator/ingest.h"
#include "orchestrator/prepare_attempt.h"
#include "orchestrator/sweep_picture.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

// A killed process that hangs in a driver may take for ever; the next run deals with it.
constexpr double kKillPatience_s = 10;
constexpr auto kLongestPause_ms =
    static_cast<std::int64_t>(1000 * kLongestBackoff_s * (1 + kBackoffJitter));
constexpr std::chrono::milliseconds kSignalLook{200};  // while the database is locked

}  // namespace

Supervisor::Supervisor(const Store& store, db::Database& database, db::RunQueue& queue,
                       Launcher& launcher, const Clock& clock, Progress& progress,
                       std::vector<PlannedRun> runs, std::vector<SlotPlan> slots,
                       SupervisorOptions options)
    : store_(store),
      database_(database),
      queue_(queue),
      launcher_(launcher),
      clock_(clock),
      progress_(progress),
      slots_(std::move(slots), options.slot_problem),
      options_(std::move(options)),
      record_{store_, database_, queue_, clock_, options_.retry} {
  for (PlannedRun& run : runs) {
    const std::string identity = run.row.identity;
    runs_.emplace(identity, std::move(run));
  }
  // While a foreign program holds the database, Ctrl-C still reaches the workers.
  database_.on_hindrance(
      [this](db::Hindrance) {
        heed_stop_requests();
        return stop_requests_ < 2;
      },
      kSignalLook);
}

Supervisor::~Supervisor() {
  database_.on_hindrance({});
}

SweepEnd Supervisor::run() {
  try {
    while (true) {
      // First what the user wants, ...
      heed_stop_requests();
      answer_requests(store_, [this](const Request& request) { return answer(request); });
      // ... then runs whose pause is over come back, and every free slot gets the next run.
      if (stop_requests_ == 0) {
        queue_.wake(kLongestPause_ms);
        fill_free_slots();
      }
      if (workers_.empty() && (stop_requests_ > 0 || !work_is_left())) break;
      if (leave_at_s_ && clock_.elapsed_s() > *leave_at_s_) break;
      show();
      // Then we wait until something happens, and write down what did.
      for (const WorkerEnd& end : launcher_.wait(options_.pause_s)) settle(end);
      for (Worker& worker : workers_) look_after(worker);
    }
  } catch (const Error&) {
    if (!workers_.empty()) {
      progress_.tell(std::to_string(workers_.size()) +
                     " workers go on; the same command takes them over again");
    }
    if (stop_requests_ < 2) throw;
    return SweepEnd::interrupted;  // the second Ctrl-C ended the wait for the database
  }
  show();
  if (stop_requests_ > 1) return SweepEnd::interrupted;
  return stop_requests_ == 1 ? SweepEnd::stopped : SweepEnd::complete;
}

bool Supervisor::work_is_left() const {
  const db::StateCounts counts = queue_.counts();
  return counts.pending + counts.waiting + counts.running + counts.stopping > 0;
}

Supervisor::Worker Supervisor::make_worker(const db::Fence& fence, AttemptName name) const {
  return {.fence = fence, .name = std::move(name), .stall = StallWatch(clock_.elapsed_s())};
}

void Supervisor::take_over(const std::vector<db::OpenAttempt>& attempts) {
  for (const db::OpenAttempt& open : attempts) {
    Worker worker = make_worker(open.fence, {open.name, open.identity, open.fence.attempt});
    worker.slot = open.slot;
    worker.ingested_bytes = open.ingested_bytes;
    const bool stopping = open.state == db::RunState::stopping;
    worker.stop_recorded = stopping;
    const fs::path folder = store_.attempt(open.name, open.fence.attempt);
    const auto process = launcher_.adopt(open.fence, folder);
    if (!process) {
      if (stopping) worker.asked = Asked::stop;
      progress_.tell(settle_attempt(record_, ended(worker, {.fence = open.fence})).line);
      continue;
    }
    slots_.take(open.slot, open.name);
    workers_.push_back(std::move(worker));
    if (!open.process && process->pid > 0) queue_.record_process(open.fence, *process);
    progress_.tell(open.name + " goes on (attempt " + std::to_string(open.fence.attempt) +
                   ", process " + std::to_string(process->pid) + ")");
    if (stopping) ask_to_stop(workers_.back(), Asked::stop);
  }
}

void Supervisor::fill_free_slots() {
  while (queue_.counts().pending > 0) {
    const SlotPlan* slot = slots_.free_slot(clock_.elapsed_s());
    if (!slot) break;
    const auto claim = queue_.claim_next(slot->name);
    if (!claim) break;
    if (stop_requests_ > 0) {  // asked while the database was locked
      queue_.release(claim->fence, "stopped", "not started any more");
      return;
    }
    start_worker(*claim, *slot);
  }
  tell_complaints();
  if (workers_.empty() && slots_.hopeless(clock_.elapsed_s())) {
    std::string why;
    for (const std::string& complaint : complaints_) why += (why.empty() ? "" : "; ") + complaint;
    throw Error(ExitCode::environment, "go on with", options_.sweep, why,
                "radsweep doctor; then run the same command again");
  }
}

// A sweep that waits for a device must not look like one that hangs.
void Supervisor::tell_complaints() {
  std::vector<std::string> now = slots_.complaints(clock_.elapsed_s());
  for (const std::string& complaint : now) {
    const bool is_new = std::count(complaints_.begin(), complaints_.end(), complaint) == 0;
    if (is_new) progress_.tell(complaint);
  }
  complaints_ = std::move(now);
}

void Supervisor::start_worker(const db::Claim& claim, const SlotPlan& slot) {
  const fs::path folder = store_.attempt(claim.name, claim.fence.attempt);
  if (fs::exists(folder)) {  // the database was restored from a backup: the number is taken
    queue_.release(claim.fence, "lost", "its folder exists already");
    return;
  }
  Worker worker = make_worker(claim.fence, {claim.name, claim.identity, claim.fence.attempt});
  worker.slot = slot.name;
  db::ProcessRow process;
  db::Failure failure;
  failure.error_class = "disk";
  try {
    prepare_attempt(folder, claim, runs_.at(claim.identity).spec, slot.slot);
    failure.error_class = "bug";
    process = launcher_.start(claim.fence, folder, slot.slot);
  } catch (const Error& cause) {
    // A run that cannot be started is that run's failure, not the sweep's end.
    failure.error = "cannot " + cause.doing() + " " + cause.where() + ": " + cause.why();
    progress_.tell(settle_failure(record_, claim.fence, worker.name, failure));
    return;
  }
  slots_.take(slot.name, claim.name);
  workers_.push_back(std::move(worker));
  queue_.record_process(claim.fence, process);
  const std::string again = " (attempt " + std::to_string(claim.fence.attempt) + ")";
  progress_.tell(claim.name + " started on " + slot.label + (claim.fence.attempt > 1 ? again : ""));
}

void Supervisor::look_after(Worker& worker) {
  if (worker.asked == Asked::stop && !worker.stop_recorded) {
    worker.stop_recorded = queue_.stop(worker.fence, db::RunQueue::AfterStop::pending);
  }
  const fs::path folder = store_.attempt(worker.name.run, worker.name.attempt);
  const IngestedEvents told =
      ingest_events(database_, queue_, worker.fence, folder, worker.ingested_bytes);
  worker.ingested_bytes = told.bytes;
  if (told.best_auc) worker.best_auc = told.best_auc;
  worker.beat = attempt::read_beat(folder);
  // Before it has loaded its checkpoint it does not know how many steps there are.
  if (!worker.first_seen && worker.beat && worker.beat->total_steps > 0) {
    worker.first_seen = {worker.beat->step, clock_.elapsed_s()};
  }
  worker.stall.look(worker.beat, clock_.elapsed_s());
  if (worker.asked == Asked::nothing && worker.stall.stalled()) {
    progress_.tell(worker.name.run + " is stalled: no step for " +
                   std::to_string(static_cast<int>(worker.stall.silent_s() / 60)) + " min");
    queue_.record_event("stalled", "asked to stop", worker.fence);
    ask_to_stop(worker, Asked::hang);
  }
  if (worker.kill_at_s && clock_.elapsed_s() >= *worker.kill_at_s) {
    progress_.tell(worker.name.run + " did not leave in time and is killed");
    launcher_.stop(worker.fence, StopHow::now);
    worker.kill_at_s.reset();
  }
}

void Supervisor::settle(const WorkerEnd& end) {
  const auto found = std::find_if(workers_.begin(), workers_.end(),
                                  [&end](const Worker& w) { return w.fence == end.fence; });
  ensure(found != workers_.end(), "an end of a worker that was never started");
  const Settled settled = settle_attempt(record_, ended(*found, end));
  if (settled.device_failed) {
    ++device_failures_[end.fence.run_id];
    slots_.strike(found->slot, clock_.elapsed_s());
  }
  slots_.give_back(found->name.run);
  workers_.erase(found);
  progress_.tell(settled.line);
}

EndedAttempt Supervisor::ended(const Worker& worker, const WorkerEnd& status) {
  const bool on_gpu = worker.slot.rfind("cpu", 0) != 0;
  const bool excuse = device_failures_[worker.fence.run_id] + 1 < kDeviceFailuresOfOneRun;
  return {worker.fence, worker.name, worker.ingested_bytes, status, worker.asked, on_gpu && excuse};
}

void Supervisor::ask_to_stop(Worker& worker, Asked why) {
  worker.asked = why;
  worker.kill_at_s = clock_.elapsed_s() + options_.grace_s;
  launcher_.stop(worker.fence, StopHow::politely);
}

// Also called while the database is locked, so it only signals; look_after() records it.
void Supervisor::heed_stop_requests() {
  const int requests = options_.stop_requests();
  if (requests == stop_requests_) return;
  const bool first = stop_requests_ == 0;
  stop_requests_ = requests;
  if (requests > 1) {
    leave_at_s_ = clock_.elapsed_s() + kKillPatience_s;
    progress_.tell("stopping now: killing " + std::to_string(workers_.size()) + " workers");
    for (Worker& worker : workers_) {
      worker.asked = Asked::stop;
      launcher_.stop(worker.fence, StopHow::now);
    }
  } else if (first) {
    progress_.tell("stopping: " + std::to_string(workers_.size()) +
                   " workers checkpoint and leave; once more to kill them");
    for (Worker& worker : workers_) ask_to_stop(worker, Asked::stop);
  }
}

Answer Supervisor::answer(const Request& request) {
  Answer answer;
  for (const std::string& run : request.runs) {
    if (request.verb == RequestVerb::retry) {
      answer.push_back(queue_.retry(run));
      continue;
    }
    answer.push_back(queue_.cancel(run));
    Worker* worker = find(run);
    if (answer.back() || !worker) continue;
    worker->stop_recorded = true;
    ask_to_stop(*worker, Asked::stop);
  }
  return answer;
}

Supervisor::Worker* Supervisor::find(const std::string& run) {
  const auto found = std::find_if(workers_.begin(), workers_.end(),
                                  [&run](const Worker& w) { return w.name.run == run; });
  return found == workers_.end() ? nullptr : &*found;
}

void Supervisor::show() {
  std::vector<RunningView> running;
  for (const Worker& worker : workers_) {
    RunningView view{.run = worker.name.run, .beat = worker.beat};
    if (worker.first_seen) {
      view.first_step = worker.first_seen->step;
      view.seconds = clock_.elapsed_s() - worker.first_seen->at_s;
    }
    running.push_back(std::move(view));
  }
  std::vector<SlotView> slots;
  for (const SlotTable::Entry& entry : slots_.entries()) {
    SlotView view;
    view.slot = entry.plan.label;
    view.run = entry.run;
    if (entry.problem) view.problem = entry.problem->reason;
    if (const Worker* worker = find(entry.run)) {
      view.attempt = worker->name.attempt;
      view.beat = worker->beat;
      view.best_auc = worker->best_auc;
      view.stalled = worker->asked == Asked::hang;
    }
    slots.push_back(std::move(view));
  }
  progress_.show(picture_sweep(database_, options_.sweep, std::move(slots), running));
}

}  // namespace radsweep::orchestrator
