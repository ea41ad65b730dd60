// Slurm's commands, each with a time-out: sbatch, squeue, scancel, scontrol, taken from PATH.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/slurm/queue_view.h"
#include "orchestrator/slurm/slurm_config.h"
#include "orchestrator/slurm/timed_command.h"

namespace radsweep::orchestrator::slurm {

// Every function throws Error(environment) when Slurm refuses, does not answer in time, or is not
// there: with its own words and what to do.
class SlurmClient {
 public:
  explicit SlurmClient(double timeout_s) : timeout_s_(timeout_s) {}

  SlurmConfig config() const;
  // All jobs of this user.
  QueueView queue() const;
  // The number of the new job. When it throws, the job may be there all the same.
  std::string submit(const std::filesystem::path& script) const;
  // Puts an element back into the queue, ending it.
  void requeue(const std::string& element) const;

  enum class Ending {
    cancel,      // for good: TERM, after the cluster's KillWait KILL
    checkpoint,  // TERM to its task only, which leaves in its own time
  };
  // Nothing for elements that are gone already.
  void end(const std::vector<const Element*>& elements, Ending how) const;

 private:
  void require_answer(const std::vector<std::string>& words, const CommandEnd& end) const;
  std::string ask(const std::vector<std::string>& words) const;
  double timeout_s_;
};

}  // namespace radsweep::orchestrator::slurm
