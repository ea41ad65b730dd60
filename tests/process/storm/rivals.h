// Orchestrators that want the same store at the same time.
#pragma once

#include "tests/process/storm/stormy_sweep.h"

namespace radsweep::test {

// Four are refused before any run can end; the fifth goes on with the sweep.
void start_five(StormySweep& sweep);

// A sweep disturbed by nothing else.
void only_five_at_once(StormySweep& sweep);

}  // namespace radsweep::test
