// Asking a training to stop in good order.
#pragma once

namespace radsweep::train {

// From now on SIGTERM, SIGINT and SIGUSR2 (the preemption signal) are a request to stop that
// stop_requested() reports, however often they come; SIGHUP is ignored, so a training survives its
// terminal. SIGUSR1 is left to NCCL. For the whole process; call once, before threads start.
void listen_for_stop_requests();

// Safe from any thread.
bool stop_requested();

}  // namespace radsweep::train
