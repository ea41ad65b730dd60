// What stop, cancel and retry do in a store that no orchestrator owns: they own it for a moment.
#pragma once

#include <functional>

#include "db/run_queue.h"
#include "orchestrator/store.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/supervisor.h"

namespace radsweep::orchestrator {

// Opens the store's database, lets `change` change it, then stops the workers of those open
// attempts that `is_meant` picks and settles them; other workers go on. `lock` proves that the
// store is ours. Ctrl-C once more kills the workers; then it returns interrupted. Throws
// Error(interrupted) naming those that live on even so.
SweepEnd stop_workers(const Store& store, const StoreLock& lock, double grace_s,
                      const std::function<void(db::RunQueue&)>& change,
                      const std::function<bool(const db::OpenAttempt&)>& is_meant);

}  // namespace radsweep::orchestrator
