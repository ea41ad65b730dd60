// Supervisor: how workers come under its eyes, started now or by somebody before.
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "orchestrator/environment/joined_slot.h"
#include "orchestrator/prepare_attempt.h"
#include "orchestrator/supervisor.h"

namespace radsweep::orchestrator {

namespace fs = std::filesystem;
namespace {

std::vector<std::string> names_of(const std::vector<SlotPlan>& slots) {
  std::vector<std::string> names;
  for (const SlotPlan& slot : slots) names.push_back(slot.name);
  return names;
}

}  // namespace

Supervisor::Worker Supervisor::make_worker(const db::Fence& fence, AttemptName name) const {
  const double now_s = clock_.elapsed_s();
  return {.fence = fence, .name = std::move(name), .started_s = now_s, .stall = StallWatch(now_s)};
}

void Supervisor::take_over(const std::vector<db::OpenAttempt>& attempts) {
  for (const db::OpenAttempt& open : attempts) {
    Worker worker = make_worker(open.fence, {open.name, open.identity, open.fence.attempt});
    worker.slot = open.slot;
    worker.ingested_bytes = open.ingested_bytes;
    const bool stopping = open.state == db::RunState::stopping;
    worker.stop_recorded = stopping;
    if (adopt(worker, open.process)) {
      if (stopping) ask_to_stop(workers_.back(), Asked::stop);
      continue;
    }
    if (stopping) worker.asked = Asked::stop;
    note(settle_attempt(record_, ended(worker, {.fence = open.fence})), open.name, open.slot);
  }
}

// Goes on with a worker that somebody else started, if it lives.
bool Supervisor::adopt(Worker worker, const std::optional<db::ProcessRow>& recorded) {
  const AttemptName name = worker.name;
  const auto process = launcher_.adopt(worker.fence, store_.attempt(name.run, name.attempt));
  if (!process) return false;
  if (process->pid > 0) {  // its age by the clock that nobody sets
    const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const double began_s = static_cast<double>(process->start_ticks) / ticks_per_s;
    worker.started_s -= std::max(0.0, clock_.boot_s() - began_s);
  }
  slots_.take(worker.slot, name.run);
  workers_.push_back(std::move(worker));
  if (!recorded && process->pid > 0) queue_.record_process(workers_.back().fence, *process);
  progress_.tell(name.run + " goes on (attempt " + std::to_string(name.attempt) + ", process " +
                 std::to_string(process->pid) + ")");
  return true;
}

// Whether a new run may be started at all; where not, it is told once and recorded.
bool Supervisor::may_start() {
  std::optional<std::string> halt = early_stop_.reason();
  if (!halt) halt = options_.lack_of_room();
  if (halt == halt_) return !halt;
  halt_ = halt;
  progress_.tell(halt ? "no new run is started: " + *halt : "runs are started again");
  queue_.record_halt(halt);
  return !halt;
}

// Every run that fits into what is free (db/run_queue.h says which goes first). A device is looked
// at only when a run is about to get it.
void Supervisor::fill_free_slots() {
  const double now_s = clock_.elapsed_s();
  while (may_start()) {
    const std::optional<int> gpus = queue_.next_gpus(slots_.idle(now_s));
    if (!gpus) break;
    std::vector<SlotPlan> free = slots_.free_slots(static_cast<std::size_t>(*gpus), now_s);
    if (free.size() < static_cast<std::size_t>(*gpus)) continue;  // fewer are idle than it seemed
    const auto claim = queue_.claim_next(names_of(free));
    if (!claim) break;
    if (stop_requests_ > 0) {  // asked while the database was locked
      queue_.release(claim->fence, "stopped", "not started any more");
      return;
    }
    free.resize(static_cast<std::size_t>(claim->gpus));  // the first of them, as the claim says
    start_worker(*claim, join(free));
  }
  tell_complaints();
  record_outlook();
  if (workers_.empty() && !early_stop_.reason() && hopeless()) {
    std::string why;
    for (const std::string& complaint : complaints_) why += (why.empty() ? "" : "; ") + complaint;
    if (slots_.usable(clock_.elapsed_s()) > 0) why += "; no run fits into the others";
    throw Error(ExitCode::environment, "go on with", options_.sweep, why,
                "radsweep doctor; then run the same command again");
  }
}

// Waiting would be in vain: devices that will not come back soon, and no run fits into the rest.
bool Supervisor::hopeless() const {
  const std::size_t usable = slots_.usable(clock_.elapsed_s());
  if (usable == slots_.entries().size()) return false;
  if (usable == 0) return true;
  const db::StateCounts counts = queue_.counts();
  return counts.pending > 0 && counts.waiting == 0 && !queue_.next_gpus(usable);
}

void Supervisor::start_worker(const db::Claim& claim, const SlotPlan& slot) {
  const fs::path folder = store_.attempt(claim.name, claim.fence.attempt);
  if (take_in_folder(claim, slot.name)) return;
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
    const ExcusedClasses excused = lacked_room_lately() ? ExcusedClasses{"disk"} : ExcusedClasses{};
    note(settle_failure(record_, claim.fence, worker.name, failure, excused), claim.name,
         slot.name);
    return;
  }
  slots_.take(slot.name, claim.name);
  workers_.push_back(std::move(worker));
  queue_.record_process(claim.fence, process);
  const std::string again = " (attempt " + std::to_string(claim.fence.attempt) + ")";
  progress_.tell(claim.name + " started on " + slot.label + (claim.fence.attempt > 1 ? again : ""));
}

// The attempt's folder exists already: the database was restored from a copy that is older than
// the attempt. What lives there goes on, what was sealed counts, and nobody else writes into it.
bool Supervisor::take_in_folder(const db::Claim& claim, const std::string& slot) {
  const fs::path folder = store_.attempt(claim.name, claim.fence.attempt);
  if (!fs::exists(folder)) return false;
  std::string foreign;
  try {
    if (attempt::read_spec(folder).identity != claim.identity) foreign = "of another configuration";
  } catch (const Error& cause) {
    foreign = "without a readable spec: " + cause.why();
  }
  if (!foreign.empty()) {
    queue_.release(claim.fence, "lost", "its folder exists already, " + foreign);
    return true;
  }
  Worker worker = make_worker(claim.fence, {claim.name, claim.identity, claim.fence.attempt});
  worker.slot = slot;
  if (adopt(worker, std::nullopt)) return true;
  note(settle_attempt(record_, ended(worker, {.fence = claim.fence})), claim.name, slot);
  return true;
}

}  // namespace radsweep::orchestrator
