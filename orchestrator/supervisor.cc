#include "orchestrator/supervisor.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/error.h"
#include "orchestrator/failure_rules.h"
#include "orchestrator/hindrance.h"
#include "orchestrator/ingest.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

std::string in_words(std::size_t workers) {
  return std::to_string(workers) + (workers == 1 ? " worker" : " workers");
}

// A killed process that hangs in a driver may take for ever; the next run deals with it.
constexpr double kKillPatience_s = 10;
constexpr auto kLongestPause_ms =
    static_cast<std::int64_t>(1000 * kLongestBackoff_s * (1 + kBackoffJitter));
constexpr std::chrono::milliseconds kSignalLook{200};  // while the database cannot be written

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
      record_{store_, database_, queue_, clock_, options_.retry},
      backup_(database_, clock_, progress_),
      early_stop_(options_.max_failures) {
  if (options_.prune) prune_.emplace(database_, *options_.prune);
  for (PlannedRun& run : runs) {
    const std::string identity = run.row.identity;
    runs_.emplace(identity, std::move(run));
  }
  database_.on_hindrance([this](db::Hindrance hindrance) { return keep_waiting(hindrance); },
                         kSignalLook);
  forget_hindrance(store_);  // of an owner that was killed
}

Supervisor::~Supervisor() {
  database_.on_hindrance({});
  forget_hindrance(store_);
}

// While a foreign program holds the database or its disk is full, Ctrl-C still reaches the workers,
// and they go on: nothing of theirs needs the database.
bool Supervisor::keep_waiting(db::Hindrance hindrance) {
  const double now_s = clock_.elapsed_s();
  if (!hindered_since_s_) hindered_since_s_ = now_s;
  if (hindrance == db::Hindrance::full) lacked_room_s_ = now_s;
  const double patience_s = hindrance == db::Hindrance::full ? 0 : kLockPatience_s;
  if (!told_of_hindrance_ && now_s >= *hindered_since_s_ + patience_s) tell_of(hindrance);
  heed_stop_requests();
  gave_up_waiting_ = stop_requests_ > 1 || (stop_requests_ > 0 && workers_.empty());
  return !gave_up_waiting_;
}

void Supervisor::tell_of(db::Hindrance hindrance) {
  told_of_hindrance_ = true;
  const std::string file = database_.path().string();
  const std::string what = hindrance == db::Hindrance::full
                               ? "the disk takes no more of " + file
                               : "another program holds " + file + " locked";
  progress_.tell(what + ": " + std::to_string(workers_.size()) +
                 " workers go on, and what they do is recorded afterwards");
  tell_hindrance(store_, what);
}

void Supervisor::forget_hindrances() {
  hindered_since_s_.reset();
  if (std::exchange(told_of_hindrance_, false)) forget_hindrance(store_);
}

bool Supervisor::lacks_room() {
  const bool lacks = options_.lack_of_room().has_value();
  if (lacks) lacked_room_s_ = clock_.elapsed_s();
  return lacks;
}

bool Supervisor::lacked_room_lately() {
  return lacks_room() || clock_.elapsed_s() <= lacked_room_s_ + kRoomMemory_s;
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
      if (workers_.empty() && (stop_requests_ > 0 || early_stop_.reason() || !work_is_left()))
        break;
      if (leave_at_s_ && clock_.elapsed_s() > *leave_at_s_) break;
      // With all slots at work there is time to see how it goes.
      for (Worker& worker : workers_) look_after(worker);
      show_in_time();
      backup_.keep();
      forget_hindrances();
      // Then we wait until something happens, and write down what did.
      for (const WorkerEnd& end : launcher_.wait(options_.pause_s)) settle(end);
    }
    if (stop_requests_ < 2) backup_.finish();
  } catch (const Error&) {
    if (gave_up_waiting_) {  // for the database, when the user wanted to leave
      return stop_requests_ > 1 ? SweepEnd::interrupted : SweepEnd::stopped;
    }
    if (!workers_.empty()) {
      progress_.tell(std::to_string(workers_.size()) +
                     " workers go on; the same command takes them over again");
    }
    throw;
  }
  show();
  if (stop_requests_ > 1) return SweepEnd::interrupted;
  if (stop_requests_ == 1) return SweepEnd::stopped;
  return early_stop_.reason() && work_is_left() ? SweepEnd::halted : SweepEnd::complete;
}

bool Supervisor::work_is_left() const {
  const db::StateCounts counts = queue_.counts();
  return counts.pending + counts.waiting + counts.running + counts.stopping > 0;
}

void Supervisor::look_after(Worker& worker) {
  if (worker.asked == Asked::stop && !worker.stop_recorded) {
    worker.stop_recorded = queue_.stop(worker.fence, db::RunQueue::AfterStop::pending);
  }
  const fs::path folder = store_.attempt(worker.name.run, worker.name.attempt);
  take_in_events(worker, folder);
  worker.beat = attempt::read_beat(folder);
  // Before it has loaded its checkpoint it does not know how many steps there are.
  if (!worker.first_seen && worker.beat && worker.beat->total_steps > 0) {
    worker.first_seen = {worker.beat->step, clock_.elapsed_s()};
  }
  if (lacks_room()) worker.stall.excuse(clock_.elapsed_s());
  worker.stall.look(worker.beat, clock_.elapsed_s());
  if (worker.asked == Asked::nothing) ask_if_overdue(worker);
  if (worker.kill_at_s && clock_.elapsed_s() >= *worker.kill_at_s) {
    progress_.tell(worker.name.run + " did not leave in time and is killed");
    launcher_.stop(worker.fence, StopHow::now);
    worker.kill_at_s.reset();
  }
}

// A worker that stands still, or takes longer than its user allows, is asked to stop.
void Supervisor::ask_if_overdue(Worker& worker) {
  const double age_s = clock_.elapsed_s() - worker.started_s;
  const auto limit_h = options_.retry.time_limit_h;
  if (worker.stall.stalled()) {
    progress_.tell(worker.name.run + " is stalled: no step for " +
                   std::to_string(static_cast<int>(worker.stall.silent_s() / 60)) + " min");
    queue_.record_event("stalled", "asked to stop", worker.fence);
    ask_to_stop(worker, Asked::hang);
  } else if (limit_h && age_s > *limit_h * 3600) {
    progress_.tell(worker.name.run + " reached its time limit and is asked to stop");
    queue_.record_event("time_limit", "asked to stop", worker.fence);
    ask_to_stop(worker, Asked::time_limit);
  }
}

// What a worker told, and, where the sweep file wants that, whether its run does worse than the
// others: in one transaction, so that whoever takes over finds no epoch that was not judged.
void Supervisor::take_in_events(Worker& worker, const fs::path& folder) {
  if (!has_news(folder, worker.ingested_bytes)) return;
  IngestedEvents told;
  std::optional<std::string> reason;  // the worker is asked to leave when that is recorded
  database_.transaction([&] {
    told = ingest_events(database_, queue_, worker.fence, folder, worker.ingested_bytes);
    if (told.bytes == worker.ingested_bytes || worker.asked != Asked::nothing) return;
    if (!reason) reason = reason_to_prune(worker);
    if (reason && !queue_.prune(worker.fence, *reason)) reason.reset();
  });
  worker.ingested_bytes = told.bytes;
  if (told.best_auc) worker.best_auc = told.best_auc;
  if (!reason) return;
  progress_.tell(worker.name.run + " is pruned: " + *reason);
  worker.stop_recorded = true;
  ask_to_stop(worker, Asked::stop);
}

std::optional<std::string> Supervisor::reason_to_prune(const Worker& worker) {
  const auto run = runs_.find(worker.name.identity);
  if (!prune_ || run == runs_.end()) return std::nullopt;
  const attempt::Spec& spec = run->second.spec;
  std::optional<int> epochs;  // a program of the user's does not tell how many there will be
  if (!spec.trainer) epochs = spec.recipe.frozen_epochs + spec.recipe.epochs;
  return prune_->verdict(worker.fence.run_id, epochs);
}

void Supervisor::settle(const WorkerEnd& end) {
  const auto found = std::find_if(workers_.begin(), workers_.end(),
                                  [&end](const Worker& w) { return w.fence == end.fence; });
  ensure(found != workers_.end(), "an end of a worker that was never started");
  const Settled settled = settle_attempt(record_, ended(*found, end));
  if (prune_) prune_->note(end.fence.run_id);  // its last epochs
  const Worker worker = *found;
  workers_.erase(found);
  slots_.give_back(worker.name.run);
  if (settled.failure.error_class == "device") {
    ++device_failures_[end.fence.run_id];
    slots_.strike(worker.slot, clock_.elapsed_s());
  }
  note(settled, worker.name.run, worker.slot);
}

// What an end says about its slot and about the sweep as a whole.
void Supervisor::note(const Settled& settled, const std::string& run, const std::string& slot) {
  progress_.tell(settled.line);
  backup_.note_change();
  if (settled.kind == AttemptEnd::Kind::done) {
    slots_.note_done(slot, clock_.elapsed_s());
    early_stop_.note_done();
  }
  if (settled.kind != AttemptEnd::Kind::failed || settled.excused) return;
  early_stop_.note_failure(run, settled.failure, settled.given_up);
  if (may_be_the_slot(settled.failure.error_class)) {
    slots_.note_failure(slot, run, clock_.elapsed_s());
  }
}

EndedAttempt Supervisor::ended(const Worker& worker, const WorkerEnd& status) {
  ExcusedClasses excused;
  const bool on_gpu = worker.slot.rfind("cpu", 0) != 0;
  if (on_gpu && device_failures_[worker.fence.run_id] + 1 < kDeviceFailuresOfOneRun) {
    excused.push_back("device");
  }
  if (lacked_room_lately()) excused.push_back("disk");
  return {worker.fence, worker.name, worker.ingested_bytes, status, worker.asked, excused};
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
  const bool second = stop_requests_ < 2;
  stop_requests_ = requests;
  if (requests > 1) {
    if (second) {
      leave_at_s_ = clock_.elapsed_s() + kKillPatience_s;
      progress_.tell("stopping now: killing " + in_words(workers_.size()));
    }
    for (Worker& worker : workers_) {
      worker.asked = Asked::stop;
      launcher_.stop(worker.fence, StopHow::now);
    }
  } else if (first) {
    progress_.tell("stopping: " + in_words(workers_.size()) +
                   " to checkpoint and leave; once more to kill");
    for (Worker& worker : workers_) ask_to_stop(worker, Asked::stop);
  }
}

Answer Supervisor::answer(const Request& request) {
  Answer answer;
  for (const std::string& run : request.runs) {
    if (request.verb == RequestVerb::retry) {
      answer.push_back(queue_.retry(run, request.by));
      continue;
    }
    answer.push_back(queue_.cancel(run, request.by));
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

}  // namespace radsweep::orchestrator
