// What Slurm gave to an element, as a worker's slot.
#pragma once

#include <optional>

#include "orchestrator/environment/slots.h"
#include "orchestrator/slurm/submission.h"

namespace radsweep::orchestrator::slurm {

// The GPUs that `machine` makes visible, by UUID, or its processors for a shape without GPUs.
// `processors`: how many Slurm gave; where the system does not keep us to them, the slot is kept to
// that many threads, on whatever processors are free. Throws Error(environment) when there are
// fewer GPUs to use than the shape needs: a run that asked for one does not train on the processors
// in its place.
attempt::Slot slot_of_task(const Shape& shape, std::optional<int> processors,
                           const Machine& machine);

}  // namespace radsweep::orchestrator::slurm
