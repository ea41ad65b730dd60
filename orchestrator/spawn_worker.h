// Starting a worker process: its group, descriptors, signals and environment. No shell.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

// The descriptor number that a worker finds its alive.lock at.
inline constexpr int kAliveDescriptor = 3;
// Names the attempt's folder in the environment of a worker and of everything it starts.
inline constexpr const char* kAttemptVariable = "RADSWEEP_ATTEMPT";

// Our environment with what decides where the worker computes: CUDA_VISIBLE_DEVICES names exactly
// the slot's GPU by UUID (empty on a CPU slot: no GPU at all), CUDA_DEVICE_ORDER,
// RADSWEEP_ALIVE_FD. OpenMP's threads do not spin while they wait, as several workers may share the
// processors; on a CPU slot with as many processors as threads they do for some tenths of a
// millisecond, because to sleep and be woken takes an eighth of a small bf16 step. Trainers of the
// user's get the same.
std::vector<std::string> worker_environment(const attempt::Slot& slot,
                                            const std::filesystem::path& folder);

// Starts `program verb <folder>` as leader of its own session (a terminal's Ctrl-C does not
// reach it), stdin /dev/null, stdout and stderr appended to the folder's log.txt, signals as after
// login, and no other descriptor than the lock `alive_lock`. Returns its pid; the caller reaps.
// Throws Error(environment) when it cannot be executed.
int spawn_worker(const std::filesystem::path& program, const std::string& verb,
                 const std::filesystem::path& folder, const attempt::Slot& slot, int alive_lock);

// Whether the process was started, directly or not, by the worker of this attempt, or of an attempt
// below this folder.
bool carries_attempt(int pid, const std::filesystem::path& folder);

}  // namespace radsweep::orchestrator
