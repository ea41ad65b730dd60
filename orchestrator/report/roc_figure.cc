#include <algorithm>

#include "orchestrator/report/figures.h"
#include "orchestrator/report/mean_and_std.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/roc_curve.h"

namespace radsweep::report {
namespace {

// Mean sensitivity of the cell's runs ± one standard deviation, at fixed false positive rates
// (vertical averaging; Fawcett 2006), cut to 0..1. Empty below two runs.
Series seed_band(const SweepRecord& record, const Cell& cell) {
  constexpr int kSteps = 50;
  std::vector<std::vector<RocPoint>> curves;
  for (const RunRow& run : record.runs) {
    const auto scores = record.scores.find(run.name);
    if (scores == record.scores.end() || run.resolution != cell.resolution ||
        run.architecture != cell.architecture || run.variant != cell.variant) {
      continue;
    }
    auto curve = roc_curve(scores->second.labels, scores->second.logits);
    if (!curve.empty()) curves.push_back(std::move(curve));
  }
  Series band;
  band.mark = Mark::band;
  if (curves.size() < 2) return band;
  for (int step = 0; step <= kSteps; ++step) {
    const double rate = static_cast<double>(step) / kSteps;
    std::vector<double> sensitivities;
    for (const auto& curve : curves) sensitivities.push_back(sensitivity_at(curve, rate));
    const MeanAndStd seeds = mean_and_std_of(sensitivities);
    const double low = std::max(seeds.mean - *seeds.std_dev, 0.0);
    const double high = std::min(seeds.mean + *seeds.std_dev, 1.0);
    band.points.push_back({rate, (low + high) / 2, (high - low) / 2, ""});
  }
  return band;
}

}  // namespace

std::vector<Panel> roc_panels(const SweepRecord& record) {
  std::vector<Panel> panels;
  int colour = -1;  // of the architecture and variant, as in the main figure
  const Cell* previous = nullptr;
  for (const Cell& cell : record.cells) {
    const bool same = previous && previous->architecture == cell.architecture &&
                      previous->variant == cell.variant;
    if (!same) ++colour;
    previous = &cell;

    Panel panel;
    panel.title = series_name(cell.architecture, cell.variant) + ", " +
                  std::to_string(cell.resolution) + " px";
    panel.chart.title = "ROC curve of the seed ensemble of " + panel.title;
    panel.chart.width = 330;
    panel.chart.height = 320;
    panel.chart.x.label = "1 − specificity";
    panel.chart.y.label = "sensitivity";
    panel.chart.x.ticks = panel.chart.y.ticks = {0, 0.25, 0.5, 0.75, 1};
    if (cell.ensemble) {
      panel.title += ": " + points(cell.ensemble->auc);
      Series chance;
      chance.colour = kColours - 1;
      chance.stroke = Stroke::dashed;
      chance.weight = Weight::faint;
      chance.points = {{0, 0, {}, ""}, {1, 1, {}, ""}};
      Series curve;
      curve.colour = colour;
      const StudyScores& scores = cell.ensemble->scores;
      for (const RocPoint& point : corners_of(roc_curve(scores.labels, scores.logits))) {
        curve.points.push_back({point.false_positive_rate, point.true_positive_rate, {}, ""});
      }
      Series band = seed_band(record, cell);
      band.colour = colour;
      panel.chart.series = {std::move(band), std::move(chance), std::move(curve)};
    }
    panels.push_back(std::move(panel));
  }
  return panels;
}

}  // namespace radsweep::report
