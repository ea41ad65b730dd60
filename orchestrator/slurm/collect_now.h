// One collection by whoever owns the store for a moment: status, stop, cancel.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/store.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/sweep/slurm_settings.h"

namespace radsweep::orchestrator::slurm {

struct InSlurm {
  int pending = 0, running = 0;  // elements
  std::string reason;            // why the first of them waits; may be ""
};

// `slurm:` of the store's own copy of the sweep file; what it does not say has its default.
SlurmSettings settings_of(const Store& store);

// Collects, and ends elements that nobody wants any more. nullopt when Slurm gave no answer: then
// only what is sealed was taken in, and stderr says so.
std::optional<InSlurm> collect_now(const Store& store, const StoreLock& lock);

// For who only looks: collects when the store has submissions and nobody owns it. nullopt when it
// has none, or Slurm gave no answer.
std::optional<InSlurm> collect_if_free(const Store& store);

}  // namespace radsweep::orchestrator::slurm
