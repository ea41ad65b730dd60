// The figures of a sweep whose trainer is a program of the user's.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/figures.h"
#include "orchestrator/report/own_results.h"

namespace radsweep::report {

struct PanelRow {
  std::vector<Panel> panels;
  std::string scale_note;  // what a reader must know of their common scale; may be empty
};

// Per axis with several values: the objective over the axis' values, every done run as a dot and
// the mean of each value over everything else. Numbers are in their order, and where they span two
// decades on a logarithmic axis; texts and booleans in that of the grid, their means not joined.
PanelRow axis_panels(const OwnResults& results);

// Per cell: the objective over epochs, a faint line per run and the mean of all. Outliers are cut
// off, see share_scale.
PanelRow curve_panels(const OwnResults& results);

}  // namespace radsweep::report
