#include "orchestrator/status/sweep_status.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/environment/joined_slot.h"
#include "orchestrator/hindrance.h"
#include "orchestrator/objective.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/table_reader.h"
#include "orchestrator/slurm_slot.h"
#include "orchestrator/sweep_picture.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/events.h"

namespace radsweep::orchestrator {
namespace {

// Where an attempt began and how long it took from there to its newest beat.
RunningView running_view(const LiveRun& run, const std::filesystem::path& folder) {
  RunningView view{.run = run.run, .gpus = run.gpus, .beat = run.beat};
  if (!run.beat) return view;
  for (const auto& event : attempt::read_events(folder, 0).events) {
    if (event.value("kind", "") != "started") continue;
    view.first_step = event.value("step", 0L);
    view.seconds = static_cast<double>(run.beat->time_ms - run.started_ms) / 1000;
    break;
  }
  return view;
}

// "GPU 0 + GPU 1 Quadro P6000", as the newest orchestrator calls the slots of a run on several.
std::string label_of_all(const std::vector<std::string>& names, const db::Outlook& outlook) {
  std::vector<std::string> labels;
  for (const std::string& name : names) {
    const auto known = std::ranges::find(outlook.slots, name, &db::SlotRow::name);
    labels.push_back(known == outlook.slots.end() ? name : known->label);
  }
  return joined_label(labels);
}

std::vector<LiveRun> read_live(const Store& store, db::Database& database,
                               const db::Outlook& outlook) {
  report::TableReader rows(db::query(
      database, std::string("SELECT run.name AS run, run.state, attempt.attempt,"
                            " coalesce(gpu.name || ' ' || gpu.uuid, attempt.slot) AS slot,"
                            " attempt.slot AS name, attempt.started_ms,") +
                    kBestSoFar +
                    " AS best"
                    " FROM attempt JOIN run ON run.id = attempt.run_id"
                    " LEFT JOIN gpu ON gpu.uuid = attempt.slot"
                    " WHERE attempt.ended_ms IS NULL ORDER BY attempt.slot, attempt.started_ms"));
  std::vector<LiveRun> live;
  while (rows.next()) {
    LiveRun run;
    run.run = rows.text("run");
    run.state = rows.text("state");
    run.slot = rows.text("slot");
    const std::vector<std::string> held = parts_of(rows.text("name"));
    run.gpus = static_cast<int>(held.size());
    if (run.gpus > 1) run.slot = label_of_all(held, outlook);
    run.attempt = rows.small("attempt");
    run.started_ms = rows.integer("started_ms");
    run.best = rows.optional_real("best");
    const auto folder = store.attempt(run.run, run.attempt);
    // Of one on a cluster's node nothing is proved here: it counts until it is collected.
    run.process_lives = is_slurm_slot(run.slot) || attempt::probe_alive_lock(folder).held;
    run.beat = attempt::read_beat(folder);
    live.push_back(std::move(run));
  }
  return live;
}

std::vector<FailedRun> read_failed(db::Database& database) {
  report::TableReader rows(db::query(database,
                                     "SELECT run_id, attempts, error_class, error FROM runs"
                                     " WHERE current = 1 AND state = 'failed' ORDER BY run_id"));
  std::vector<FailedRun> failed;
  while (rows.next()) {
    failed.push_back({rows.text("run_id"), rows.small("attempts"), rows.text("error_class"),
                      rows.text("error")});
  }
  return failed;
}

std::vector<WaitingRun> read_waiting(db::Database& database) {
  report::TableReader rows(db::query(
      database,
      "SELECT run.name, run.not_before_ms, attempt.error_class, attempt.error"
      " FROM run JOIN attempt ON attempt.run_id = run.id AND attempt.attempt = run.attempt"
      " WHERE run.state = 'waiting' ORDER BY run.not_before_ms, run.name"));
  std::vector<WaitingRun> waiting;
  while (rows.next()) {
    waiting.push_back({rows.text("name"), rows.integer("not_before_ms"), rows.text("error_class"),
                       rows.text("error")});
  }
  return waiting;
}

void add_outlook_notes(const SweepStatus& status, std::vector<std::string>& notes) {
  const db::Outlook& outlook = status.outlook;
  if (outlook.halted) {
    notes.push_back((status.owner.owned ? "no new run is started: " : "halted: ") +
                    *outlook.halted);
  }
  if (!status.owner.owned) return;
  for (const db::SlotRow& slot : outlook.slots) {
    if (!slot.problem.empty()) notes.push_back(slot.label + " is not used: " + slot.problem);
  }
}

void add_pruned_notes(const SweepStatus& status, std::vector<std::string>& notes) {
  constexpr std::size_t kShown = 8;
  for (std::size_t i = 0; i < status.pruned.size() && i < kShown; ++i) {
    notes.push_back(status.pruned[i].name + " was pruned: " + status.pruned[i].reason);
  }
  if (status.pruned.size() <= kShown) return;
  notes.push_back(std::to_string(status.pruned.size() - kShown) +
                  " more were pruned: radsweep status --json names them");
}

std::string sweep_name(db::Database& database) {
  report::TableReader rows(
      db::query(database, "SELECT name FROM sweep ORDER BY changed_ms DESC LIMIT 1"));
  return rows.next() ? rows.text("name") : "";
}

SlotView slot_of(const LiveRun& run) {
  SlotView slot;
  slot.slot = run.slot;
  slot.run = run.run;
  slot.attempt = run.attempt;
  slot.beat = run.beat;
  slot.best = run.best;
  return slot;
}

}  // namespace

SweepStatus read_status(const Store& store, db::Database& database) {
  SweepStatus status;
  status.owner = probe_store_lock(store);
  status.outlook = db::read_outlook(database);
  status.live = read_live(store, database, status.outlook);
  status.failed = read_failed(database);
  status.waiting = read_waiting(database);
  status.pruned = db::read_pruned(database);
  if (status.owner.owned) status.hindrance = hindrance_of(store);
  std::vector<SlotView> slots;
  std::vector<RunningView> running;
  std::size_t held = 0;
  for (const LiveRun& run : status.live) {
    if (!run.process_lives) continue;  // what it left is told by the notes
    slots.push_back(slot_of(run));
    running.push_back(running_view(run, store.attempt(run.run, run.attempt)));
    held += static_cast<std::size_t>(run.gpus);
  }
  // Idle ones count as well, as long as somebody gives them runs.
  const std::size_t in_all =
      status.owner.owned ? std::max(held, status.outlook.slots.size()) : held;
  status.view = picture_sweep(database, sweep_name(database), std::move(slots), in_all, running);
  return status;
}

std::vector<std::string> status_notes(const SweepStatus& status) {
  std::vector<std::string> notes;
  const db::StateCounts& counts = status.view.counts;
  const int open = counts.pending + counts.waiting + counts.running + counts.stopping;
  if (counts.total() == 0) {
    notes.push_back(status.owner.owned
                        ? "no run is recorded yet: the data is being prepared"
                        : "no run was ever recorded; `radsweep run SWEEP.yaml` does");
  }
  if (!status.in_slurm.empty()) {
    notes.push_back(status.in_slurm);
  } else if (!status.owner.owned && open > 0) {
    notes.push_back("no orchestrator is running; `radsweep run SWEEP.yaml` continues the sweep");
  }
  if (status.hindrance) notes.push_back(*status.hindrance);
  if (open > 0) add_outlook_notes(status, notes);
  for (const LiveRun& run : status.live) {
    if (run.process_lives) continue;
    notes.push_back(run.run + " attempt " + std::to_string(run.attempt) +
                    (status.owner.owned ? " is starting or has just ended"
                                        : " has no process any more; the next run takes it up"));
  }
  for (const WaitingRun& run : status.waiting) {
    notes.push_back(run.run + " is tried again after " + report::utc_text(run.not_before_ms) +
                    ": " + run.error_class + ": " + report::one_line(run.error));
  }
  for (const FailedRun& run : status.failed) {
    notes.push_back(run.run + " failed after " + std::to_string(run.attempts) +
                    (run.attempts == 1 ? " attempt" : " attempts") + ": " + run.error_class + ": " +
                    report::one_line(run.error));
  }
  add_pruned_notes(status, notes);
  return notes;
}

}  // namespace radsweep::orchestrator
