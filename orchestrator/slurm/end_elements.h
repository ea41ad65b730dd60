// Ending what Slurm runs or keeps of a store: stop, cancel.
#pragma once

#include <functional>

#include "db/database.h"
#include "orchestrator/clock.h"
#include "orchestrator/slurm/queue_view.h"
#include "orchestrator/slurm/slurm_client.h"
#include "orchestrator/store.h"
#include "orchestrator/store_lock.h"

namespace radsweep::orchestrator::slurm {

// Cancels the elements of runs that are cancelled, or shall be when they have stopped, and those
// that wait for runs that failed for good.
void end_unwanted(const Store& store, db::Database& database, const SlurmClient& slurm,
                  const QueueView& queue);

struct StopOptions {
  double grace_s = 120;  // for workers to checkpoint; then the elements are cancelled
  bool now = false;      // cancelled at once
};

// Ends everything of the store that Slurm has, so that nothing comes back into its queue, and takes
// in how it ended. Returns when nothing of it is active any more. `lock` proves that the store is
// ours. Nothing without submissions. Throws Error(environment) naming jobs that do not end.
void stop_elements(const Store& store, const StoreLock& lock, const StopOptions& options);

// The same for runs that were cancelled while nobody owned the store; nothing while somebody does:
// he ends them himself.
void end_cancelled(const Store& store);

// Throws Error(environment) when Slurm has runs of the store: for whoever wants to execute them
// otherwise.
void refuse_active(const Store& store);

}  // namespace radsweep::orchestrator::slurm
