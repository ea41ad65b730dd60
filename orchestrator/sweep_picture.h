// The state of a sweep as Progress shows it: from the database, the slots and the workers' beats.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "orchestrator/progress.h"

namespace radsweep::orchestrator {

// A running worker as far as the picture needs it.
struct RunningView {
  std::string run;
  // Its speed is what it did in `seconds` since it stood at `first_step`: a resumed attempt did
  // not do the steps before.
  long first_step = 0;
  double seconds = 0;  // 0: not known
  int gpus = 1;        // slots that it holds
  std::optional<attempt::Beat> beat;
};

// Counts and cells of the current runs and the expected time to the end (progress/eta.h) on
// `slots_in_all`, nothing without any; of the run of each row of `slots` too. Cells in the order in
// which the sweep file named them. One query.
SweepView picture_sweep(db::Database& database, const std::string& name,
                        std::vector<SlotView> slots, std::size_t slots_in_all,
                        const std::vector<RunningView>& running);

}  // namespace radsweep::orchestrator
