#include "worker/wrap/history.h"

#include <nlohmann/json.hpp>
#include <set>

#include "worker/attempt/events.h"

namespace radsweep::wrap {

void History::take_attempt(const std::filesystem::path& attempt_folder) {
  begin_attempt();
  for (const nlohmann::json& event : attempt::read_events(attempt_folder, 0).events) {
    if (event.value("kind", "") == "metrics") add(event.get<attempt::OwnEpoch>());
  }
}

void History::add(const attempt::OwnEpoch& report) {
  Epoch& epoch = epochs_[report.epoch];
  if (first_) {
    epochs_.erase(epochs_.upper_bound(report.epoch), epochs_.end());
    epoch.reports = 0;
  }
  first_ = false;
  newest_ = report.epoch;
  ++epoch.reports;
  for (const auto& [name, value] : report.values) epoch.values[name] = value;
}

long History::steps() const {
  long sum = 0;
  for (const auto& [number, epoch] : epochs_) sum += epoch.reports;
  return sum;
}

std::vector<attempt::OwnEpoch> History::epochs() const {
  std::vector<attempt::OwnEpoch> all;
  for (const auto& [number, epoch] : epochs_) all.push_back({number, epoch.values});
  return all;
}

std::optional<int> History::best_epoch(const std::string& metric, const std::string& mode) const {
  std::optional<int> best;
  double best_value = 0;
  for (const auto& [number, epoch] : epochs_) {
    const auto value = epoch.values.find(metric);
    if (value == epoch.values.end()) continue;
    const bool better = mode == "min" ? value->second < best_value : value->second > best_value;
    if (best && !better) continue;
    best = number;
    best_value = value->second;
  }
  return best;
}

std::vector<std::string> History::names() const {
  std::set<std::string> names;
  for (const auto& [number, epoch] : epochs_) {
    for (const auto& [name, value] : epoch.values) names.insert(name);
  }
  return {names.begin(), names.end()};
}

}  // namespace radsweep::wrap
