// The two files that a task on a node adds to an attempt's folder, and what they say together with
// the rest about whether the attempt has ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "orchestrator/launcher.h"
#include "worker/attempt/process_identity.h"

namespace radsweep::orchestrator::slurm {

// slurm.json: whose element the attempt is. Slurm's numbers are for people: after a crash of its
// controller they may come again.
struct ElementRecord {
  std::string submission;  // uuid
  int index = 0;
  std::string job = {};  // "12_3"
  std::string node = {};
  int restarts = 0;  // as Slurm counted them
  std::int64_t started_ms = 0;
  attempt::ProcessIdentity task = {};
};
void write_record(const std::filesystem::path& attempt_folder, const ElementRecord& record);
// nullopt when there is none, or it cannot be understood.
std::optional<ElementRecord> read_record(const std::filesystem::path& attempt_folder);

// exit.json: how the worker's process ended, or why it could not be started.
struct ElementExit {
  std::optional<int> exit_code = {};
  std::optional<int> term_signal = {};
  std::string out_of_memory = {};            // evidence; may be ""
  std::string error_class = {}, error = {};  // when it was never started
};
void write_exit(const std::filesystem::path& attempt_folder, const ElementExit& exit);
std::optional<ElementExit> read_exit(const std::filesystem::path& attempt_folder);

// Seconds without a beat after which an attempt that Slurm does not run is given up.
inline constexpr double kStaleBeat_s = 900;

// Whether nothing of the attempt can live: its process was on this machine and is gone, or it gave
// no sign of life for kStaleBeat_s. To be asked only when Slurm does not run it.
bool is_surely_gone(const std::filesystem::path& attempt_folder, std::int64_t now_ms);

}  // namespace radsweep::orchestrator::slurm
