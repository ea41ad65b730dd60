// The figures of a sweep whose trainer is a program of the user's.
#pragma once

#include <vector>

#include "orchestrator/report/figures.h"
#include "orchestrator/report/own_results.h"

namespace radsweep::report {

// Per axis with several values: the objective over the axis' values, numbered as the panel's title
// says, every done run as a dot and the mean of each value over everything else.
std::vector<Panel> axis_panels(const OwnResults& results);

// Per cell: the objective over epochs, a faint line per run and the mean of all.
std::vector<Panel> curve_panels(const OwnResults& results);

}  // namespace radsweep::report
