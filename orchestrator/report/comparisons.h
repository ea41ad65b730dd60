// Differences between the cells of a sweep, measured in two ways that answer different questions.
#pragma once

#include <optional>
#include <vector>

#include "orchestrator/report/delong.h"
#include "orchestrator/report/statement.h"

namespace radsweep::report {

// `by_seed` is about other seeds on the same studies: mean and standard error of the differences
// of runs with the same seed. `ensembles` is about other studies with the same seeds: the cells'
// seed ensembles on the same studies, tested by DeLong.
struct Comparison {
  const Cell* first = nullptr;  // first minus second
  const Cell* second = nullptr;
  PairedDifference by_seed;
  std::optional<DelongDifference> ensembles;  // nothing without both, or with other studies
};

// Per architecture (and variant): each step to the next resolution, and from the lowest to the
// highest. Per resolution: neighbours in the order of the cells (at most eight pairs). Cells
// without any AUC are left out. The result points into `cells`, which are in the order of
// read_results.
std::vector<Comparison> comparisons(const std::vector<Cell>& cells,
                                    const std::vector<RunRow>& runs);

}  // namespace radsweep::report
