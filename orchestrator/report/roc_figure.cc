#include "orchestrator/report/figures.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/roc_curve.h"

namespace radsweep::report {

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
      panel.chart.series = {std::move(chance), std::move(curve)};
    }
    panels.push_back(std::move(panel));
  }
  return panels;
}

}  // namespace radsweep::report
