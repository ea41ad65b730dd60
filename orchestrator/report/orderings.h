// The paper's questions put to any grid: does the mean rise with resolution, does the spread,
// which architecture is ahead where.
#pragma once

#include <vector>

#include "orchestrator/report/statement.h"

namespace radsweep::report {

// Per architecture (and variant) with at least two resolutions, and per resolution for each pair
// of neighbours in the order of the cells (at most eight pairs). A claim is phrased in the
// direction of the paper's finding; of two neighbours, the second is claimed to be ahead.
std::vector<Statement> general_orderings(const std::vector<Cell>& cells,
                                         const std::vector<RunRow>& runs);

}  // namespace radsweep::report
