// How a cluster is set up, as far as it matters to us: from `scontrol show config`.
#pragma once

#include <set>
#include <string>

namespace radsweep::orchestrator::slurm {

struct SlurmConfig {
  std::string version;         // "22.05.8"
  std::string cluster;         // its name
  int max_array_size = 1001;   // an index is smaller than that
  std::set<int> requeue_exit;  // exit codes of a job that Slurm itself puts back into the queue
  int kill_wait_s = 30;        // between TERM and KILL
  bool requeues = true;        // JobRequeue: what a node lost starts again
  std::string preempt_mode;    // "OFF", "REQUEUE", ...
};

// What is not there keeps Slurm's default.
SlurmConfig parse_config(const std::string& text);

}  // namespace radsweep::orchestrator::slurm
