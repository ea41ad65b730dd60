// One vertical scale for a row of panels, chosen by what they show.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/figures.h"

namespace radsweep::report {

enum class Outliers { shown, cut_off };

// Gives all panels the same range, so that they can be compared: logarithmic where every value is
// positive and the largest is 100 times the smallest or more. cut_off: few far values, as of a run
// that diverged, do not press all others into a line; the range is that of the 2nd to the 98th
// percentile of single runs (the faint series) and a quarter of it to either side.
// Returns what a reader must know of it, as sentences: "" | "The scale is logarithmic." | ...
std::string share_scale(std::vector<Panel>& panels, Outliers outliers);

// The smallest and the largest are positive and a factor of 100 or more apart.
bool spans_decades(double smallest, double largest);

}  // namespace radsweep::report
