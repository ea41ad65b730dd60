// The figures of the report as charts, made from the rows of a sweep.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/svg_chart.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

// One small chart of a row of charts that share their axes.
struct Panel {
  std::string title;
  Chart chart;
};

// Mean ± standard deviation of the AUC (x 100) over resolution, one series per architecture and
// variant, every run as a dot: the paper's Figure 6. `floor`: the AUC (0..1) that chance is
// expected to reach, drawn as a level when the measurements come near it.
Chart auc_figure(const SweepRecord& record, double floor);

// Per cell: validation AUC (x 100) over epochs, a faint line per run, the mean of all, and
// a band of one standard deviation to either side.
std::vector<Panel> auc_panels(const SweepRecord& record);

// Per cell: training and validation loss over epochs, means over the runs in bands of one
// standard deviation to either side.
std::vector<Panel> loss_panels(const SweepRecord& record);

// Per cell: ROC curve of its seed ensemble, the corners only, a band of its seeds, and the diagonal
// of chance; the area (x 100) is in the title. "no data yet" where there is no ensemble.
std::vector<Panel> roc_panels(const SweepRecord& record);

// Learning rate of head and body over epochs, the largest of each epoch: the paper's Figure 5.
// One line per distinct schedule of the sweep.
std::vector<Panel> schedule_panels(const SweepRecord& record);

}  // namespace radsweep::report
