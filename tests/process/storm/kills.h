// Ends of processes: by kill -9 at some moment, and when they are asked to go.
#pragma once

#include "tests/process/storm/stormy_sweep.h"

namespace radsweep::test {

void kill_worker(StormySweep& sweep);
void kill_orchestrator(StormySweep& sweep);
void kill_both(StormySweep& sweep);
void kill_everything(StormySweep& sweep);

void interrupt_once(StormySweep& sweep);
void interrupt_twice(StormySweep& sweep);
void interrupt_often(StormySweep& sweep);
// `radsweep stop`, with or without an orchestrator: nothing of the store is left when it is back.
void stop_by_command(StormySweep& sweep);

}  // namespace radsweep::test
