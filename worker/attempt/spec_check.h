// Does a spec make sense? Asked by the worker before it computes anything.
#pragma once

#include "worker/attempt/spec.h"

namespace radsweep::attempt {

// Throws Error(usage) when a number is out of range (0 threads, no blocks, an image too small for
// the blocks), or when the identity is not that of this configuration: then the spec was edited,
// and its checkpoints and results would pass for another run's. The recipe's own ranges are
// checked as it is read.
void check_spec(const Spec& spec);

}  // namespace radsweep::attempt
