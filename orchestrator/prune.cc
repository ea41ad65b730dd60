#include "orchestrator/prune.h"

#include <algorithm>
#include <cmath>

#include "base/shortest_number.h"
#include "orchestrator/report/number_text.h"

namespace radsweep::orchestrator {
namespace {

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// With as many digits as tell the two apart.
std::pair<std::string, std::string> told_apart(double a, double b) {
  for (int digits = 3; digits < 16; ++digits) {
    std::pair texts(report::significant(a, digits), report::significant(b, digits));
    if (texts.first != texts.second) return texts;
  }
  return {shortest_number(a), shortest_number(b)};
}

}  // namespace

void Pruner::take_in(RunId run, const Curve& curve) {
  Told& told = runs_[run];
  told.best.clear();
  told.first = !curve.empty() && curve.begin()->first == 1 ? 1 : 0;
  for (const auto& [epoch, value] : curve) {
    if (!std::isfinite(value)) continue;
    const bool keeps = !told.best.empty() && !is_worse(told.best.back().second, value);
    told.best.emplace_back(epoch - told.first, keeps ? told.best.back().second : value);
  }
}

void Pruner::skip(RunId run) {
  if (const auto newest = newest_epoch(run)) runs_[run].judged = *newest;
}

std::optional<int> Pruner::newest_epoch(RunId run) const {
  const auto found = runs_.find(run);
  if (found == runs_.end() || found->second.best.empty()) return std::nullopt;
  return found->second.best.back().first;
}

std::optional<double> Pruner::best_until(const Told& told, int epoch) {
  if (told.best.empty() || told.best.back().first < epoch) return std::nullopt;
  const auto after = std::ranges::upper_bound(told.best, epoch, {}, &std::pair<int, double>::first);
  return after == told.best.begin() ? std::nullopt : std::optional(std::prev(after)->second);
}

bool Pruner::is_worse(double value, double than) const {
  return mode_ == Mode::max ? value < than : value > than;
}

std::optional<std::string> Pruner::judge(RunId run, const std::set<RunId>& out) {
  const auto epoch = newest_epoch(run);
  if (!epoch || *epoch <= runs_[run].judged) return std::nullopt;
  const int after = std::exchange(runs_[run].judged, *epoch);
  if (const auto* median = std::get_if<MedianRule>(&rule_)) {
    return judge_by(*median, run, out, *epoch);
  }
  return judge_by(std::get<AshaRule>(rule_), run, after, *epoch);
}

// "epoch 3: 0.713 is below 0.761"
std::string Pruner::beginning(RunId run, int epoch, double value, double limit) const {
  const auto [own, others] = told_apart(value, limit);
  return "epoch " + std::to_string(runs_.at(run).first + epoch) + ": " + own +
         (mode_ == Mode::max ? " is below " : " is above ") + others;
}

std::optional<std::string> Pruner::judge_by(const MedianRule& rule, RunId run,
                                            const std::set<RunId>& out, int epoch) const {
  if (epoch < rule.warmup_epochs) return std::nullopt;
  std::vector<double> others;
  for (const auto& [other, told] : runs_) {
    if (other == run || out.contains(other)) continue;
    if (const auto best = best_until(told, epoch)) others.push_back(*best);
  }
  const std::size_t count = others.size();
  if (count == 0 || count < static_cast<std::size_t>(rule.min_runs)) return std::nullopt;
  const double own = runs_.at(run).best.back().second;
  const double median = median_of(std::move(others));
  if (!is_worse(own, median)) return std::nullopt;
  return beginning(run, epoch, own, median) + ", the median of " + std::to_string(count) +
         (count == 1 ? " other run" : " other runs");
}

std::optional<std::string> Pruner::judge_by(const AshaRule& rule, RunId run, int after,
                                            int epoch) const {
  for (std::int64_t epochs = rule.min_epochs; epochs - 1 <= epoch; epochs *= rule.reduction) {
    if (epochs - 1 <= after) continue;
    if (auto reason = judge_at_rung(rule, run, static_cast<int>(epochs - 1))) return reason;
  }
  return std::nullopt;
}

// A rung with fewer runs than `reduction` has room for one: the first to arrive goes on.
std::optional<std::string> Pruner::judge_at_rung(const AshaRule& rule, RunId run, int epoch) const {
  const auto own = best_until(runs_.at(run), epoch);
  if (!own) return std::nullopt;
  std::vector<double> reached;
  for (const auto& [other, told] : runs_) {
    if (const auto best = best_until(told, epoch)) reached.push_back(*best);
  }
  const std::size_t room =
      std::max<std::size_t>(1, reached.size() / static_cast<std::size_t>(rule.reduction));
  std::ranges::sort(reached, [this](double a, double b) { return is_worse(b, a); });
  const double limit = reached[room - 1];
  if (!is_worse(*own, limit)) return std::nullopt;
  return beginning(run, epoch, *own, limit) + ", which is needed to be among the best " +
         std::to_string(room) + " of " + std::to_string(reached.size()) + " runs";
}

}  // namespace radsweep::orchestrator
