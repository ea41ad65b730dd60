#include "orchestrator/status/run_reason.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "db/outlook.h"
#include "db/pruned.h"
#include "orchestrator/gpus_column.h"
#include "orchestrator/hindrance.h"
#include "orchestrator/objective.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/table_reader.h"
#include "orchestrator/slurm_slot.h"
#include "orchestrator/store_lock.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/beat.h"

namespace radsweep::orchestrator {
namespace {

struct Facts {
  std::string name, state, after_stop, outcome, error_class, error, slot, last_log_line, asked,
      overdue, objective, pruned;
  bool current = true;
  int attempt = 0, failures = 0, go_first = 0, gpus = 1;
  std::optional<std::int64_t> not_before_ms, started_ms;
  std::optional<double> best_auc, best_so_far;
  std::optional<std::int64_t> best_epoch;
};

std::string last_line(const std::string& text) {
  constexpr std::size_t kLongest = 160;  // of a line that is one of several in a sentence
  const std::size_t end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return "";
  const std::size_t before = text.rfind('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return report::one_line(text.substr(begin, std::min(end + 1 - begin, kLongest)));
}

Facts read_facts(db::Database& database, const std::string& name) {
  report::TableReader rows(db::query(
      database,
      "SELECT run.state, run.current, run.attempt, run.failures, run.not_before_ms,"
      " run.after_stop, newest.outcome, newest.error_class, newest.error, newest.slot,"
      " newest.started_ms, newest.log_tail,"
      " (SELECT detail FROM event WHERE event.run_id = run.id AND detail LIKE '%as asked for%'"
      "   ORDER BY event.id DESC LIMIT 1) AS asked,"
      " (SELECT kind FROM event WHERE event.run_id = run.id AND event.attempt = run.attempt"
      "   AND kind IN ('stalled', 'time_limit') ORDER BY event.id DESC LIMIT 1) AS overdue,"
      " result.best_auc, result.best_epoch,"
      " (SELECT count(*) FROM run AS other WHERE other.current = 1 AND other.state = 'pending'"
      "   AND (" +
          gpus_of(database, "other") + ", other.cost, run.id) > (" + gpus_of(database, "run") +
          ", run.cost, other.id)) AS go_first, " + gpus_of(database, "run") + " AS gpus, " +
          kObjectiveMetric + " AS objective, " + kBestSoFar +
          " AS best_so_far FROM run LEFT JOIN result ON result.run_id = run.id"
          " LEFT JOIN attempt AS newest ON newest.run_id = run.id AND newest.attempt = run.attempt"
          " WHERE run.name = ?1",
      {name}));
  ensure(rows.next(), "a run that was just listed is gone");
  Facts facts;
  facts.name = name;
  facts.state = rows.text("state");
  facts.current = rows.integer("current") == 1;
  facts.attempt = rows.small("attempt");
  facts.failures = rows.small("failures");
  facts.not_before_ms = rows.optional_integer("not_before_ms");
  facts.after_stop = rows.text("after_stop");
  facts.outcome = rows.text("outcome");
  facts.error_class = rows.text("error_class");
  facts.error = report::one_line(rows.text("error"));
  facts.last_log_line = last_line(rows.text("log_tail"));
  facts.asked = rows.text("asked");
  facts.overdue = rows.text("overdue");
  facts.slot = rows.text("slot");
  facts.started_ms = rows.optional_integer("started_ms");
  facts.best_auc = rows.optional_real("best_auc");
  facts.best_epoch = rows.optional_integer("best_epoch");
  facts.objective = rows.text("objective");
  facts.best_so_far = rows.optional_real("best_so_far");
  facts.go_first = rows.small("go_first");
  facts.gpus = rows.small("gpus");
  for (const db::PrunedRun& run : db::read_pruned(database)) {
    if (run.name == name) facts.pruned = run.reason;
  }
  return facts;
}

std::string list(const std::string& before, const std::vector<std::string>& texts) {
  constexpr std::size_t kShown = 8;
  std::string line;
  for (std::size_t i = 0; i < texts.size() && i < kShown; ++i) {
    line += (i == 0 ? before : ", ") + texts[i];
  }
  if (texts.size() > kShown) line += " and " + std::to_string(texts.size() - kShown) + " more";
  return line;
}

std::string seconds_between(std::int64_t from_ms, std::int64_t to_ms) {
  // Somebody may have set the clock back in between.
  return report::duration_text(std::max(0.0, static_cast<double>(to_ms - from_ms) / 1000));
}

// "attempt 2 failed (nan): the loss is not a number"
std::string last_end(const Facts& facts) {
  std::string text = "attempt " + std::to_string(facts.attempt);
  text += facts.outcome == "lost" ? " was lost" : " " + facts.outcome;
  if (!facts.error_class.empty()) text += " (" + facts.error_class + ")";
  if (!facts.error.empty()) text += ": " + facts.error;
  const bool said_already = facts.error.find(facts.last_log_line) != std::string::npos ||
                            facts.last_log_line.find(facts.error) != std::string::npos;
  if (facts.last_log_line.empty() || (said_already && !facts.error.empty())) return text;
  return text + " (last log line: " + facts.last_log_line + ")";
}

std::string why_running(const Facts& facts, const Store& store, std::int64_t now_ms) {
  const auto folder = store.attempt(facts.name, facts.attempt);
  std::string text = "attempt " + std::to_string(facts.attempt) + " runs on " + facts.slot;
  if (facts.started_ms) text += " since " + seconds_between(*facts.started_ms, now_ms);
  // Of one on a cluster's node nothing is proved here.
  if (!is_slurm_slot(facts.slot) && !attempt::probe_alive_lock(folder).held) {
    return text + ", but its process is gone; the next `radsweep run` takes it up";
  }
  if (const auto beat = attempt::read_beat(folder)) {
    text += (facts.objective.empty() ? ": step " + std::to_string(beat->step) + " of " +
                                           std::to_string(beat->total_steps) + ", " + beat->phase
                                     : ": epoch " + std::to_string(beat->epoch)) +
            ", last beat " + seconds_between(beat->time_ms, now_ms) + " ago";
  } else {
    text += ": starting, no beat yet";
  }
  if (facts.overdue == "stalled") return text + "; it is stalled and was asked to stop";
  if (facts.overdue.empty()) return text;
  return text + "; it reached its time limit and was asked to stop";
}

// "; not used: GPU 0 H200 (process 4711 computes on it)": what the newest orchestrator says of its
// slots, and GPUs that were found unusable. An orchestrator that trains on the CPU looks at no GPU.
std::string out_of_use(db::Database& database, const db::Outlook& outlook) {
  std::vector<std::string> out;
  for (const db::SlotRow& slot : outlook.slots) {
    if (!slot.problem.empty()) out.push_back(slot.label + " (" + slot.problem + ")");
  }
  report::TableReader gpus(
      db::query(database,
                "SELECT uuid, name, reason FROM gpu WHERE state IN ('foreign', 'quarantined')"
                " AND NOT EXISTS (SELECT 1 FROM attempt WHERE ended_ms IS NULL"
                " AND slot LIKE 'cpu:%') ORDER BY uuid"));
  while (gpus.next()) {
    const auto is_it = [&gpus](const db::SlotRow& slot) { return slot.name == gpus.text("uuid"); };
    if (std::any_of(outlook.slots.begin(), outlook.slots.end(), is_it)) continue;
    out.push_back(gpus.text("name") + " (" + gpus.text("reason") + ")");
  }
  return list("; not used: ", out);
}

// "; busy: cpu:0 (160-densenet121-s1), ..."
std::string busy_slots(db::Database& database) {
  report::TableReader rows(
      db::query(database,
                "SELECT attempt.slot, run.name FROM attempt JOIN run ON run.id = attempt.run_id"
                " WHERE ended_ms IS NULL ORDER BY attempt.slot"));
  std::vector<std::string> busy;
  while (rows.next()) busy.push_back(rows.text("slot") + " (" + rows.text("name") + ")");
  return list("; busy: ", busy);
}

std::string nobody_works(const db::Outlook& outlook) {
  std::string text = "; no orchestrator is running";
  if (outlook.halted) text += " (" + *outlook.halted + ")";
  return text + ": radsweep run SWEEP.yaml";
}

std::string why_pending(const Facts& facts, db::Database& database, const db::Outlook& outlook,
                        bool owned) {
  std::string text = facts.attempt > 0 ? last_end(facts) + "; waits for a slot again"
                                       : "waits for a free slot, not tried yet";
  if (!owned) return text + nobody_works(outlook);
  if (outlook.halted) return text + "; no new run is started: " + *outlook.halted;
  const std::string next =
      facts.gpus > 1 ? "; it is next once " + std::to_string(facts.gpus) + " slots are free at once"
                     : "; it is next";
  text += facts.go_first == 0 ? next
                              : "; " + std::to_string(facts.go_first) +
                                    " more expensive ones (or on more GPUs) go first";
  return text + busy_slots(database) + out_of_use(database, outlook);
}

std::string why_waiting(const Facts& facts, const db::Outlook& outlook, bool owned,
                        std::int64_t now_ms) {
  const std::int64_t until_ms = facts.not_before_ms.value_or(0);
  std::string text = last_end(facts) + "; tried again after " + report::utc_text(until_ms);
  if (until_ms > now_ms) text += " (in " + seconds_between(now_ms, until_ms) + ")";
  if (!owned) return text + nobody_works(outlook);
  return outlook.halted ? text + "; no new run is started: " + *outlook.halted : text;
}

// What the database says; it may be behind while its owner cannot write it.
std::string recorded_reason(const Facts& facts, db::Database& database, const Store& store,
                            bool owned, std::int64_t now_ms) {
  const db::Outlook outlook = db::read_outlook(database);
  if (facts.state == "done" && !facts.objective.empty()) {
    return "finished in attempt " + std::to_string(facts.attempt) + ": best " + facts.objective +
           " " + report::significant(facts.best_so_far.value_or(0), 4);
  }
  if (facts.state == "done") {
    if (!facts.best_auc) return "finished, without an AUC: one class only in the validation set";
    return "finished in attempt " + std::to_string(facts.attempt) + ": AUC " +
           report::points(*facts.best_auc) + " in epoch " +
           std::to_string(facts.best_epoch.value_or(-1));
  }
  if (facts.state == "pending") return why_pending(facts, database, outlook, owned);
  if (facts.state == "waiting") return why_waiting(facts, outlook, owned, now_ms);
  if (facts.state == "running") return why_running(facts, store, now_ms);
  if (facts.state == "stopping" && !facts.pruned.empty()) {
    return "is pruned and was asked to stop: " + facts.pruned;
  }
  if (facts.state == "stopping") {
    return "was asked to stop; becomes " + facts.after_stop + " when its process has left";
  }
  if (facts.state == "failed") {
    return last_end(facts) + "; given up after " + std::to_string(facts.failures) +
           (facts.failures == 1 ? " failure" : " failures") + ": radsweep retry " + facts.name;
  }
  if (!facts.current) return "cancelled: the sweep file does not name it any more";
  if (!facts.pruned.empty()) {
    return "pruned: " + facts.pruned + "; radsweep retry " + facts.name + " lets it go on";
  }
  const std::size_t by = facts.asked.find("as asked for");
  return "cancelled, " + (by == std::string::npos ? "as asked for" : facts.asked.substr(by)) +
         ": radsweep retry " + facts.name;
}

std::string sentence(const Facts& facts, db::Database& database, const Store& store,
                     std::int64_t now_ms) {
  const bool owned = probe_store_lock(store).owned;
  const std::string recorded = recorded_reason(facts, database, store, owned, now_ms);
  const bool over = facts.state == "done" || facts.state == "failed" || facts.state == "cancelled";
  const auto hindrance = owned && !over ? hindrance_of(store) : std::nullopt;
  return hindrance ? recorded + "; " + *hindrance : recorded;
}

}  // namespace

RunReason reason_of(const Store& store, db::Database& database, const std::string& run,
                    std::int64_t now_ms) {
  const Facts facts = read_facts(database, run);
  return {facts.state, sentence(facts, database, store, now_ms)};
}

}  // namespace radsweep::orchestrator
