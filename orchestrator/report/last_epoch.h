// The AUC without the choice of an epoch: that of the last one.
#pragma once

#include <optional>

#include "orchestrator/report/mean_and_std.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

// Over the done runs of the cell whose last epoch has an AUC. nullopt when there is none.
std::optional<MeanAndStd> last_epoch_auc(const SweepRecord& record, const Cell& cell);

// The most epochs any run has; 0 without epochs.
int epoch_count(const SweepRecord& record);

}  // namespace radsweep::report
