// `slurm:` of a sweep file: what every run asks the cluster for.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace radsweep::orchestrator {

struct SlurmSettings {
  std::string partition;           // as sbatch takes it; empty: the cluster's default
  std::string time;                // "12:00:00", "2-00", or minutes; empty: the partition's default
  std::optional<int> gpus;         // of one run; 0: the CPU; nothing: chosen (slurm_gpus())
  std::optional<int> cpus;         // of one run
  std::string memory;              // of one run: "32G", or megabytes
  std::optional<int> throttle;     // runs at a time
  std::vector<std::string> extra;  // further options of sbatch, each one word
  std::vector<std::string> setup;  // lines of the batch script before the run
  double sbatch_timeout_s = 60;    // for every question to Slurm
  double poll_s = 30;              // between two looks at its queue
};

// Whether sbatch's --time and --mem take the text.
bool is_slurm_time(const std::string& text);
bool is_slurm_memory(const std::string& text);

}  // namespace radsweep::orchestrator
