#include <algorithm>
#include <map>

#include "orchestrator/report/figures.h"
#include "orchestrator/report/last_epoch.h"
#include "orchestrator/report/mean_and_std.h"
#include "orchestrator/report/number_text.h"

namespace radsweep::report {
namespace {

constexpr double kPanelWidth = 330, kPanelHeight = 220;
constexpr int kMostEpochTicks = 12;  // more would overlap; round numbers instead

using Measure = std::optional<double> EpochRow::*;
using EpochsOfRun = std::map<std::string, std::vector<const EpochRow*>>;

EpochsOfRun epochs_by_run(const SweepRecord& record) {
  EpochsOfRun by_run;
  for (const EpochRow& epoch : record.epochs) by_run[epoch.run].push_back(&epoch);
  return by_run;
}

Axis epoch_axis(const SweepRecord& record) {
  Axis axis;
  axis.label = "epoch";
  const int count = epoch_count(record);
  if (count <= kMostEpochTicks) {
    for (int epoch = 0; epoch < count; ++epoch) axis.ticks.push_back(epoch);
  }
  return axis;
}

// The same vertical range in all panels, so that they can be compared.
void share_axis(std::vector<Panel>& panels) {
  Axis axis;
  for (const Panel& panel : panels) {
    for (const Series& series : panel.chart.series) {
      for (const Point& point : series.points) {
        const double error = point.error.value_or(0);
        axis.low = std::min(axis.low.value_or(point.y - error), point.y - error);
        axis.high = std::max(axis.high.value_or(point.y + error), point.y + error);
      }
    }
  }
  for (Panel& panel : panels) panel.chart.y = axis;
}

std::vector<const RunRow*> runs_of(const SweepRecord& record, const Cell& cell) {
  std::vector<const RunRow*> runs;
  for (const RunRow& run : record.runs) {
    if (run.resolution == cell.resolution && run.architecture == cell.architecture &&
        run.variant == cell.variant) {
      runs.push_back(&run);
    }
  }
  return runs;
}

Series curve_of(const std::vector<const EpochRow*>& epochs, Measure measure, double scale) {
  Series series;
  for (const EpochRow* epoch : epochs) {
    if (!(epoch->*measure)) continue;
    series.points.push_back(
        {static_cast<double>(epoch->epoch), scale * *(epoch->*measure), {}, ""});
  }
  return series;
}

// Mean over the runs that have measured the epoch; its error is their standard deviation.
Series mean_curve(const EpochsOfRun& by_run, const std::vector<const RunRow*>& runs,
                  Measure measure, double scale) {
  std::map<int, std::vector<double>> values;
  for (const RunRow* run : runs) {
    const auto epochs = by_run.find(run->name);
    if (epochs == by_run.end()) continue;
    for (const EpochRow* epoch : epochs->second) {
      if (epoch->*measure) values[epoch->epoch].push_back(scale * *(epoch->*measure));
    }
  }
  Series series;
  for (const auto& [epoch, measured] : values) {
    const MeanAndStd seeds = mean_and_std_of(measured);
    series.points.push_back({static_cast<double>(epoch), seeds.mean, seeds.std_dev, ""});
  }
  return series;
}

Series band_of(const Series& mean) {
  Series band = mean;
  band.name.clear();
  band.mark = Mark::band;
  return band;
}

Panel empty_panel(const SweepRecord& record, const Cell& cell, const std::string& what) {
  Panel panel;
  panel.title =
      series_name(cell.architecture, cell.variant) + ", " + std::to_string(cell.resolution) + " px";
  panel.chart.title = what + " of " + panel.title;
  panel.chart.width = kPanelWidth;
  panel.chart.height = kPanelHeight;
  panel.chart.x = epoch_axis(record);
  return panel;
}

// Colours follow the series of the main figure.
class SeriesColour {
 public:
  int of(const Cell& cell) {
    const auto name = series_name(cell.architecture, cell.variant);
    return numbers_.emplace(name, static_cast<int>(numbers_.size())).first->second;
  }

 private:
  std::map<std::string, int> numbers_;
};

}  // namespace

std::vector<Panel> auc_panels(const SweepRecord& record) {
  const EpochsOfRun by_run = epochs_by_run(record);
  SeriesColour colour;
  std::vector<Panel> panels;
  for (const Cell& cell : record.cells) {
    Panel panel = empty_panel(record, cell, "Validation AUC over epochs");
    const auto runs = runs_of(record, cell);
    for (const RunRow* run : runs) {
      const auto epochs = by_run.find(run->name);
      if (epochs == by_run.end()) continue;
      Series series = curve_of(epochs->second, &EpochRow::valid_auc, 100);
      series.colour = colour.of(cell);
      series.weight = Weight::faint;
      panel.chart.series.push_back(std::move(series));
    }
    Series mean = mean_curve(by_run, runs, &EpochRow::valid_auc, 100);
    mean.colour = colour.of(cell);
    panel.chart.series.insert(panel.chart.series.begin(), band_of(mean));
    panel.chart.series.push_back(std::move(mean));
    panels.push_back(std::move(panel));
  }
  share_axis(panels);
  return panels;
}

std::vector<Panel> loss_panels(const SweepRecord& record) {
  const EpochsOfRun by_run = epochs_by_run(record);
  SeriesColour colour;
  std::vector<Panel> panels;
  for (const Cell& cell : record.cells) {
    Panel panel = empty_panel(record, cell, "Training and validation loss over epochs");
    const auto runs = runs_of(record, cell);
    Series train = mean_curve(by_run, runs, &EpochRow::train_loss, 1);
    train.name = "training";
    train.stroke = Stroke::dashed;
    Series valid = mean_curve(by_run, runs, &EpochRow::valid_loss, 1);
    valid.name = "validation";
    for (Series* series : {&train, &valid}) {
      series->colour = colour.of(cell);
      panel.chart.series.push_back(band_of(*series));
    }
    panel.chart.series.push_back(std::move(train));
    panel.chart.series.push_back(std::move(valid));
    panels.push_back(std::move(panel));
  }
  share_axis(panels);
  return panels;
}

}  // namespace radsweep::report
