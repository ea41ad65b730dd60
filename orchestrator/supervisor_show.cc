// Supervisor: what people are told, see and may ask for.
#include <algorithm>
#include <set>

#include "orchestrator/environment/joined_slot.h"
#include "orchestrator/supervisor.h"
#include "orchestrator/sweep_picture.h"

namespace radsweep::orchestrator {

// A sweep that waits for a device must not look like one that hangs.
void Supervisor::tell_complaints() {
  std::vector<std::string> now = slots_.complaints(clock_.elapsed_s());
  for (const std::string& complaint : now) {
    const bool is_new = std::count(complaints_.begin(), complaints_.end(), complaint) == 0;
    if (is_new) progress_.tell(complaint);
  }
  complaints_ = std::move(now);
}

// For `status` and `why`, which see the database only; written when it changed.
void Supervisor::record_outlook() {
  std::vector<db::SlotRow> rows;
  for (const SlotTable::Entry& entry : slots_.entries()) {
    if (entry.surplus) continue;
    rows.push_back(
        {entry.plan.name, entry.plan.label, SlotTable::problem_of(entry, clock_.elapsed_s())});
  }
  if (rows == recorded_slots_) return;
  queue_.record_slots(rows);
  recorded_slots_ = std::move(rows);
}

// A picture reads every run: of 100,000 it takes a large part of a second, and who looks at them
// can wait. At most a twentieth of the time goes into pictures.
void Supervisor::show_in_time() {
  constexpr double kPauseFactor = 19;  // times what the one before took
  const double began_s = clock_.elapsed_s();
  if (!progress_.wants_picture() || began_s < next_picture_s_) return;
  show();
  const double ended_s = clock_.elapsed_s();
  next_picture_s_ = ended_s + kPauseFactor * (ended_s - began_s);
}

void Supervisor::show() {
  std::vector<RunningView> running;
  for (const Worker& worker : workers_) {
    RunningView view{.run = worker.name.run, .beat = worker.beat};
    view.gpus = static_cast<int>(parts_of(worker.slot).size());
    if (worker.first_seen) {
      view.first_step = worker.first_seen->step;
      view.seconds = clock_.elapsed_s() - worker.first_seen->at_s;
    }
    running.push_back(std::move(view));
  }
  std::vector<SlotView> slots;
  std::set<std::string> shown;  // a run on several has one row, where its first slot is
  for (const SlotTable::Entry& entry : slots_.entries()) {
    if (!entry.run.empty() && !shown.insert(entry.run).second) continue;
    SlotView view;
    view.slot = entry.run.empty() ? entry.plan.label : slots_.held_by(entry.run).label;
    view.run = entry.run;
    view.problem = SlotTable::problem_of(entry, clock_.elapsed_s());
    if (const Worker* worker = find(entry.run)) {
      view.attempt = worker->name.attempt;
      view.beat = worker->beat;
      view.best = worker->best_auc;
      view.stalled = worker->asked == Asked::hang;
    }
    slots.push_back(std::move(view));
  }
  progress_.show(
      picture_sweep(database_, options_.sweep, std::move(slots), slots_.entries().size(), running));
}

}  // namespace radsweep::orchestrator
