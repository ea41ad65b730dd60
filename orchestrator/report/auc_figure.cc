#include <algorithm>
#include <set>

#include "orchestrator/report/figures.h"
#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

constexpr double kBetweenSeries = 22;  // px, so that error bars stand side by side
constexpr double kAllSeries = 70;      // px at most from the first to the last
constexpr double kNearFloor = 0.08;    // AUC: further away the level would only waste height

std::string tip_of(const Cell& cell) {
  return series_name(cell.architecture, cell.variant) + " at " + std::to_string(cell.resolution) +
         " px: " + mean_and_std(cell) + ", n = " + std::to_string(cell.n);
}

bool same_series(const Cell& a, const Cell& b) {
  return a.architecture == b.architecture && a.variant == b.variant;
}

Series dots_of(const SweepRecord& record, const Cell& cell, const Series& means) {
  Series dots;
  dots.colour = means.colour;
  dots.mark = Mark::dots;
  dots.shift_px = means.shift_px + 9;
  for (const RunRow& run : record.runs) {
    if (run.architecture == cell.architecture && run.variant == cell.variant && run.best_auc) {
      dots.points.push_back({static_cast<double>(run.resolution), 100 * *run.best_auc, std::nullopt,
                             run.name + ": " + points(*run.best_auc)});
    }
  }
  return dots;
}

}  // namespace

Chart auc_figure(const SweepRecord& record, double floor) {
  Chart chart;
  chart.title = "Mean and standard deviation of the validation AUC per resolution and architecture";
  chart.width = 760;
  chart.height = 430;
  chart.x.label = "image resolution (px)";
  chart.y.label = "ROC-AUC × 100";

  std::set<int> resolutions;
  std::vector<Series> means, dots;
  const Cell* previous = nullptr;
  double lowest = 1;
  for (const Cell& cell : record.cells) {
    if (!previous || !same_series(*previous, cell)) {
      Series series;
      series.name = series_name(cell.architecture, cell.variant);
      series.colour = static_cast<int>(means.size());
      series.mark = Mark::means;
      means.push_back(std::move(series));
    }
    previous = &cell;
    resolutions.insert(cell.resolution);
    if (!cell.mean) continue;
    lowest = std::min(lowest, cell.min.value_or(1));
    Point point{static_cast<double>(cell.resolution), 100 * *cell.mean, std::nullopt, tip_of(cell)};
    if (cell.std_dev) point.error = 100 * *cell.std_dev;
    means.back().points.push_back(std::move(point));
  }
  const double gaps = std::max(static_cast<double>(means.size()) - 1, 1.0);
  const double between = std::min(kBetweenSeries, kAllSeries / gaps);
  for (std::size_t i = 0; i < means.size(); ++i) {
    means[i].shift_px =
        (static_cast<double>(i) - (static_cast<double>(means.size()) - 1) / 2) * between;
  }
  std::size_t series = 0;
  previous = nullptr;
  for (const Cell& cell : record.cells) {
    if (previous && same_series(*previous, cell)) continue;
    dots.push_back(dots_of(record, cell, means[series++]));
    previous = &cell;
  }
  chart.x.ticks.assign(resolutions.begin(), resolutions.end());
  chart.series = std::move(dots);
  chart.series.insert(chart.series.end(), means.begin(), means.end());
  if (floor > 0.5 && lowest - floor < kNearFloor) {
    chart.levels.push_back({100 * floor, "expected from chance, best epoch: " + points(floor)});
  }
  return chart;
}

}  // namespace radsweep::report
