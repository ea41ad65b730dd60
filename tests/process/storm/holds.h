// What kills nobody: processes held still, a clock set, a database locked.
#pragma once

#include "tests/process/storm/stormy_sweep.h"

namespace radsweep::test {

void hold_worker(StormySweep& sweep);
void hold_orchestrator(StormySweep& sweep);
void outlive(StormySweep& sweep);
void lock_database(StormySweep& sweep);
void set_clock(StormySweep& sweep);

// Undisturbed sweeps but for this, which may not even cost an attempt.
void only_clock_jumps(StormySweep& sweep);
void only_a_long_lock(StormySweep& sweep, double seconds);

}  // namespace radsweep::test
