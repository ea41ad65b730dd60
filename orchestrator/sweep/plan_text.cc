#include "orchestrator/sweep/plan_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "orchestrator/sweep/plan.h"

namespace radsweep::orchestrator {
namespace {

using nlohmann::json;

std::string formatted(const char* format, double value) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

std::map<std::string, int> state_counts(const Plan& plan) {
  std::map<std::string, int> counts;
  for (const PlanRow& row : plan.rows) ++counts[row.state];
  return counts;
}

template <typename Items, typename Word>
std::string joined(const Items& items, const Word& word, const char* between = ", ") {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : between) + word(item);
  return text;
}

// Columns lined up, numbers to the right: all but the first two.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(width[i] - row[i].size(), ' ');
      line += (i == 0 ? "" : "  ") + (i < 2 ? row[i] + padding : padding + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string time_line(const Plan& plan) {
  if (plan.to_do == 0) return "nothing is left to do";
  if (!plan.seconds && !plan.input.benchmark.empty()) {
    return "unknown: not every run's speed is among those of " + plan.input.benchmark;
  }
  if (!plan.seconds) return "unknown: no run of this store has finished, so no speed is measured";
  const std::string runs =
      seconds_in_words(*plan.seconds) + " for " + std::to_string(plan.to_do) + " runs, by the ";
  if (!plan.input.benchmark.empty()) return runs + "speeds of " + plan.input.benchmark;
  return runs + "speed of " + std::to_string(plan.measured_runs) + " finished ones";
}

// Of a program of the user's nothing is known but what it is called.
bool is_own(const Plan& plan) {
  return !plan.input.runs.empty() && plan.input.runs.front().spec.trainer;
}

std::string data_line(const Plan& plan) {
  const PlanInput& input = plan.input;
  if (is_own(plan)) {
    const attempt::Trainer& trainer = *input.runs.front().spec.trainer;
    return "command " +
           joined(
               trainer.command, [](const std::string& word) { return word; }, " ") +
           " (in " + trainer.folder + ")\nseeks   " + trainer.mode + " " + trainer.metric + "\n";
  }
  const std::string& source =
      input.data_source.empty() ? input.data.source.root : input.data_source;
  return "data    " + source + ": " + std::to_string(input.data.train_studies) +
         " training studies, " + std::to_string(input.data.train_images) + " images\n";
}

// "; each run takes 2 of them", "; a run takes 1 to 2 of them"
std::string taken_of_them(const Plan& plan) {
  if (plan.rows.empty()) return "";
  const auto [least, most] = std::ranges::minmax_element(plan.rows, {}, &PlanRow::gpus);
  if (most->gpus == 1) return "";
  const std::string taken = std::to_string(most->gpus) + " of them";
  if (least->gpus == most->gpus) return "; each run takes " + taken;
  return "; a run takes " + std::to_string(least->gpus) + " to " + taken;
}

std::string heading(const Plan& plan) {
  const PlanInput& input = plan.input;
  const auto same = [](const std::string& word) { return word; };
  std::string text = "sweep   " + input.sweep + " (" + input.file + ")\n";
  text += "store   " + input.store + (input.store_exists ? "" : " (new)") + "\n";
  text += data_line(plan);
  text +=
      "runs    " + std::to_string(plan.rows.size()) + ": " +
      joined(state_counts(plan),
             [](const auto& entry) { return std::to_string(entry.second) + " " + entry.first; }) +
      "\n";
  if (!plan.dropped.empty()) {
    text += "leaves  " + std::to_string(plan.dropped.size()) +
            " runs of the store, no longer in the file: " + joined(plan.dropped, same) + "\n";
  }
  text += "slots   " + std::to_string(input.slots.size()) + ": " +
          joined(input.slots, [](const PlanSlot& slot) { return slot.label; }) +
          taken_of_them(plan) + "\n";
  if (!is_own(plan)) {
    text += "disk    image cache " + bytes_in_words(plan.cache_bytes) + ", checkpoints " +
            bytes_in_words(plan.checkpoint_bytes) + "\n";
  }
  text += "time    " + time_line(plan) + "\n";
  if (input.prune) text += "prune   " + in_words(*input.prune) + "\n";
  for (const std::string& thing : input.missing) text += "first   make " + thing + "\n";
  return text;
}

std::string schedule_table(const Plan& plan) {
  const PlanSchedule& schedule = *plan.schedule;
  const auto duration = [&](double value) {
    return schedule.in_seconds ? seconds_in_words(value) : formatted("%.1fx", value);
  };
  std::string text = "\nschedule  " + duration(schedule.makespan) +
                     "; no schedule is shorter than " + duration(schedule.bound);
  text += schedule.in_seconds ? "\n" : "  (1x: a run of the cheapest kind)\n";
  for (std::size_t i = 0; i < schedule.slots.size(); ++i) {
    const auto same = [](const std::string& word) { return word; };
    text += plan.input.slots[i].label + "  " + duration(schedule.slots[i].busy) + "  " +
            joined(schedule.slots[i].runs, same) + "\n";
  }
  return text;
}

json schedule_json(const Plan& plan) {
  if (!plan.schedule) return nullptr;
  json slots = json::array();
  for (std::size_t i = 0; i < plan.schedule->slots.size(); ++i) {
    slots.push_back({{"label", plan.input.slots[i].label},
                     {"busy", plan.schedule->slots[i].busy},
                     {"runs", plan.schedule->slots[i].runs}});
  }
  return {{"unit", plan.schedule->in_seconds ? "seconds" : "cheapest run"},
          {"makespan", plan.schedule->makespan},
          {"bound", plan.schedule->bound},
          {"slots", slots}};
}

json prune_json(const std::optional<PruneRule>& rule) {
  if (!rule) return nullptr;
  if (const auto* median = std::get_if<MedianRule>(&*rule)) {
    return {{"median", {{"warmup_epochs", median->warmup_epochs}, {"min_runs", median->min_runs}}}};
  }
  const auto& asha = std::get<AshaRule>(*rule);
  return {{"asha", {{"min_epochs", asha.min_epochs}, {"reduction", asha.reduction}}}};
}

}  // namespace

std::string bytes_in_words(double bytes) {
  static constexpr std::array kUnits = {" B", " KiB", " MiB", " GiB", " TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return formatted(unit == 0 ? "%.0f" : "%.1f", bytes) + kUnits[unit];
}

std::string seconds_in_words(double seconds) {
  if (seconds < 90) return formatted("%.0f s", seconds);
  if (seconds < 90 * 60) return formatted("%.0f min", seconds / 60);
  if (seconds < 48 * 3600) return formatted("%.1f h", seconds / 3600);
  return formatted("%.1f days", seconds / 86400);
}

std::string to_text(const Plan& plan) {
  std::vector<std::vector<std::string>> rows = {
      {"run", "state", "cost", "multiply-adds", "memory", "time"}};
  if (is_own(plan)) rows = {{"run", "state", "time"}};
  for (const PlanRow& row : plan.rows) {
    rows.push_back({row.name, row.state});
    if (!is_own(plan)) {
      rows.back().insert(rows.back().end(),
                         {formatted("%.1fx", row.relative_cost), formatted("%.2e", row.cost),
                          bytes_in_words(row.memory_bytes)});
    }
    rows.back().push_back(row.seconds ? seconds_in_words(*row.seconds) : "?");
  }
  return heading(plan) + "\n" + table(rows) + (plan.schedule ? schedule_table(plan) : "");
}

json to_json(const Plan& plan) {
  const auto optional = [](const std::optional<double>& value) {
    return value ? json(*value) : json();
  };
  json runs = json::array();
  for (const PlanRow& row : plan.rows) {
    runs.push_back({{"name", row.name},
                    {"state", row.state},
                    {"identity", row.identity.empty() ? json() : json(row.identity)},
                    {"resolution", row.resolution},
                    {"architecture", row.architecture},
                    {"variant", row.variant},
                    {"seed", row.seed},
                    {"multiply_adds", row.cost},
                    {"relative_cost", row.relative_cost},
                    {"memory_bytes", row.memory_bytes},
                    {"gpus", row.gpus},
                    {"seconds", optional(row.seconds)}});
  }
  json slots = json::array();
  for (const PlanSlot& slot : plan.input.slots) {
    slots.push_back({{"label", slot.label}, {"memory_bytes", optional(slot.memory_bytes)}});
  }
  return {{"sweep", plan.input.sweep},
          {"store", plan.input.store},
          {"store_exists", plan.input.store_exists},
          {"data",
           {{"root", plan.input.data.source.root},
            {"source", plan.input.data_source},
            {"train_studies", plan.input.data.train_studies},
            {"train_images", plan.input.data.train_images},
            {"missing", plan.input.missing}}},
          {"runs", runs},
          {"counts", state_counts(plan)},
          {"to_do", plan.to_do},
          {"dropped", plan.dropped},
          {"slots", slots},
          {"cache_bytes", plan.cache_bytes},
          {"checkpoint_bytes", plan.checkpoint_bytes},
          {"seconds", optional(plan.seconds)},
          {"measured_runs", plan.measured_runs},
          {"benchmark", plan.input.benchmark},
          {"schedule", schedule_json(plan)},
          {"prune", prune_json(plan.input.prune)},
          {"fits_nowhere", plan.fit.nowhere},
          {"warnings", plan.warnings}};
}

}  // namespace radsweep::orchestrator
