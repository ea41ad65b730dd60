// Runs that are neither done nor in Slurm -> job arrays.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "db/database.h"
#include "orchestrator/clock.h"
#include "orchestrator/progress.h"
#include "orchestrator/slurm/queue_view.h"
#include "orchestrator/slurm/slurm_client.h"
#include "orchestrator/store.h"
#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator::slurm {

// Submissions that were about to be made when somebody died or sbatch gave no answer: those that
// Slurm has are noted down as made, the others will start nothing, should they still arrive.
void finish_half_made(const Store& store, const QueueView& queue, const Clock& clock);

// Identities of the runs that wait or run in Slurm.
std::set<std::string> runs_in(const Store& store, const QueueView& queue);

struct SubmitTo {
  const Store& store;
  db::Database& database;
  const SlurmClient& slurm;
  const SlurmConfig& config;
  const Clock& clock;
  Progress& progress;
};

struct Submitted {
  std::string identity, name;
  int attempt = 0;  // the lowest it may take
};

// Submits the pending runs of the database that are not `in_slurm`, those on most GPUs and of them
// the most expensive first, in arrays as long as the cluster allows, one at least for each number
// of GPUs. Returns them. `runs`: by identity. Throws
// Error(environment) when sbatch refuses; what Slurm took in spite of it is found and kept.
std::vector<Submitted> submit_pending(const SubmitTo& to, const Sweep& sweep,
                                      const std::map<std::string, PlannedRun>& runs,
                                      const std::set<std::string>& in_slurm);

}  // namespace radsweep::orchestrator::slurm
