#include "orchestrator/slot_table.h"

#include <algorithm>

#include "orchestrator/environment/joined_slot.h"

namespace radsweep::orchestrator {
namespace {

bool failed_too_often(const SlotTable::Entry& entry, double now_s) {
  return entry.strikes_s.size() > 1 && now_s < entry.rest_until_s;
}

bool is_defective(const SlotTable::Entry& entry) {
  return entry.problem && entry.problem->kind == GpuProblem::Kind::quarantined;
}

bool is_idle(const SlotTable::Entry& entry, double now_s) {
  return entry.run.empty() && now_s >= entry.rest_until_s &&
         !(entry.problem && now_s < entry.checked_s + kProblemRecheck_s);
}

}  // namespace

SlotTable::SlotTable(std::vector<SlotPlan> plans, SlotProblem problem)
    : problem_(std::move(problem)) {
  for (SlotPlan& plan : plans) entries_.push_back({.plan = std::move(plan)});
}

std::size_t SlotTable::idle(double now_s) const {
  return static_cast<std::size_t>(std::count_if(
      entries_.begin(), entries_.end(), [now_s](const Entry& e) { return is_idle(e, now_s); }));
}

std::vector<SlotPlan> SlotTable::free_slots(std::size_t count, double now_s) {
  std::vector<SlotPlan> free;
  for (Entry& entry : entries_) {
    if (free.size() == count) break;
    if (!is_idle(entry, now_s)) continue;
    entry.checked_s = now_s;
    entry.problem = problem_ ? problem_(entry.plan) : std::nullopt;
    if (!entry.problem) free.push_back(entry.plan);
  }
  return free;
}

// Those of an earlier plan have no entry.
std::vector<SlotTable::Entry*> SlotTable::find(const std::string& name) {
  std::vector<Entry*> found;
  for (const std::string& part : parts_of(name)) {
    const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                    [&part](const Entry& e) { return e.plan.name == part; });
    if (entry != entries_.end()) found.push_back(&*entry);
  }
  return found;
}

void SlotTable::take(const std::string& name, const std::string& run) {
  for (const std::string& part : parts_of(name)) {
    const std::vector<Entry*> entry = find(part);
    if (!entry.empty() && entry.front()->run.empty()) {
      entry.front()->run = run;
    } else {
      entries_.push_back({.plan = {part, part, {}}, .run = run, .surplus = true});
    }
  }
}

void SlotTable::give_back(const std::string& run) {
  std::erase_if(entries_, [&run](const Entry& e) { return e.surplus && e.run == run; });
  for (Entry& entry : entries_) {
    if (entry.run == run) entry.run.clear();
  }
}

SlotPlan SlotTable::held_by(const std::string& run) const {
  std::vector<SlotPlan> held;
  for (const Entry& entry : entries_) {
    if (entry.run == run) held.push_back(entry.plan);
  }
  return join(held);
}

void SlotTable::strike(const std::string& name, double now_s) {
  for (Entry* entry : find(name)) {
    std::erase_if(entry->strikes_s, [now_s](double at) { return at + kStrikeMemory_s < now_s; });
    entry->strikes_s.push_back(now_s);
    const bool again = entry->strikes_s.size() > 1;
    entry->rest_until_s = now_s + (again ? kDeviceQuarantine_s : kDeviceRest_s);
    entry->rest_reason =
        again ? "it failed again and rests for an hour" : "it failed and rests for a minute";
  }
}

void SlotTable::note_failure(const std::string& name, const std::string& run, double now_s) {
  for (Entry* entry : find(name)) entry->failed_s[run] = now_s;
  set_aside_failing(now_s);
}

void SlotTable::note_done(const std::string& name, double now_s) {
  for (Entry* entry : find(name)) {
    entry->failed_s.clear();
    entry->done_s = now_s;
  }
  set_aside_failing(now_s);
}

void SlotTable::set_aside_failing(double now_s) {
  for (Entry& entry : entries_) {
    if (static_cast<int>(entry.failed_s.size()) < kRunsFailedInARow) continue;
    double first_s = now_s;
    std::string runs;
    for (const auto& [run, at_s] : entry.failed_s) {
      first_s = std::min(first_s, at_s);
      runs += (runs.empty() ? "" : ", ") + run;
    }
    const bool others_work = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& other) {
      return &other != &entry && other.done_s >= first_s && now_s >= other.rest_until_s;
    });
    if (!others_work) continue;
    entry.rest_until_s = now_s + kSetAside_s;
    entry.rest_reason = std::to_string(entry.failed_s.size()) +
                        " runs in a row failed on it and not elsewhere (" + runs +
                        "); it is set aside for an hour";
    entry.failed_s.clear();
  }
}

std::string SlotTable::problem_of(const Entry& entry, double now_s) {
  if (!entry.run.empty()) return "";
  if (entry.problem) return entry.problem->reason;
  return now_s < entry.rest_until_s ? entry.rest_reason : "";
}

std::size_t SlotTable::usable(double now_s) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [now_s](const Entry& e) {
        return !e.run.empty() || !(failed_too_often(e, now_s) || is_defective(e));
      }));
}

std::vector<std::string> SlotTable::complaints(double now_s) const {
  std::vector<std::string> texts;
  for (const Entry& entry : entries_) {
    const std::string problem = problem_of(entry, now_s);
    if (!problem.empty()) texts.push_back(entry.plan.label + " is not used: " + problem);
  }
  return texts;
}

}  // namespace radsweep::orchestrator
