// Measures one cell by the real worker.
#pragma once

#include "orchestrator/environment/slots.h"
#include "orchestrator/speed/cell_speed.h"

namespace radsweep::orchestrator {

struct MeasureOptions {
  int steps = 10;               // timed of each phase
  double images_per_study = 1;  // at least 1
};

// Starts `radsweep-worker bench` for this run, pinned to the slot as a training would be, in a
// folder of its own below the system's temporary one, and waits. Whatever happens to the worker
// ends up in the result's `error`. Throws Error when we are asked to stop (see run_child), or the
// worker cannot be started at all; the folder is gone in any case, and so is the worker, even when
// we are killed. Changes our own environment to the worker's. Main thread.
CellSpeed measure_cell(const PlannedRun& run, const attempt::Slot& slot,
                       const MeasureOptions& options);

}  // namespace radsweep::orchestrator
