// What the paper states about its results (Chizari: CheXpert, Atelectasis, ROC-AUC x 100, five
// seeds per point, best epoch per run), each beside what this sweep measured. Its figure gives
// no numbers, so orderings and the two printed values are all there is to compare.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/statement.h"

namespace radsweep::report {

// The published statements, always all of them: about densenet121 and densenet161 at 160, 320
// and 480 px without a variant; other cells are not looked at.
std::vector<Statement> paper_statements(const std::vector<Cell>& cells,
                                        const std::vector<RunRow>& runs);

// Whether the grid has any cell the paper speaks of.
bool is_paper_grid(const std::vector<Cell>& cells);

}  // namespace radsweep::report
