// The state of a sweep as Progress shows it: from the database, the slots and the workers' beats.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "orchestrator/progress.h"

namespace radsweep::orchestrator {

// A running worker as far as the picture needs it.
struct RunningView {
  std::string run;
  double seconds = 0;  // since this orchestrator started or adopted it
  std::optional<attempt::Beat> beat;
};

// Counts and cells of the current runs and the expected time to the end. `slots` is taken as it
// is. The ETA comes from what finished runs took for their cost; before the first one finished,
// from how far the running ones are. One query.
SweepView picture_sweep(db::Database& database, const std::string& name,
                        std::vector<SlotView> slots, const std::vector<RunningView>& running);

}  // namespace radsweep::orchestrator
