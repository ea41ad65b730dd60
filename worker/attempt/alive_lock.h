// alive.lock: the proof of life of an attempt. The flock belongs to the open file, so it can be
// taken by the parent, inherited over exec, and falls exactly when the last holder is gone.
#pragma once

#include <filesystem>
#include <optional>

#include "worker/attempt/process_identity.h"

namespace radsweep::attempt {

// Environment variable that hands an inherited, already locked descriptor to the worker.
inline constexpr const char* kAliveFdVariable = "RADSWEEP_ALIVE_FD";

// Owns the locked descriptor; closing it (or dying) releases the lock. Move-only.
class AliveLock {
 public:
  // Takes the lock in `attempt_folder`. nullopt when somebody else holds it; probes, which hold
  // it for microseconds, are waited out (a tenth of a second).
  // Throws Error(environment) when the file cannot be made or locked at all.
  static std::optional<AliveLock> take(const std::filesystem::path& attempt_folder);

  // The worker's side: uses the inherited descriptor when the variable names one, otherwise
  // takes the lock; then writes who we are into the file and marks the descriptor close-on-exec.
  // Throws Error(environment) when another process holds the lock, or when what the variable names
  // is not this folder's lock file.
  static AliveLock hold_as_worker(const std::filesystem::path& attempt_folder);

  AliveLock(AliveLock&& other) noexcept;
  AliveLock& operator=(AliveLock&& other) noexcept;
  ~AliveLock();

  // Holds the lock until the process is gone with all it has: memory of a GPU, and libraries that
  // take a while to unload after main() returned.
  void keep_until_exit() && { fd_ = -1; }

  // For handing it to a child; stays owned by this object. Close-on-exec is set.
  int descriptor() const { return fd_; }

 private:
  explicit AliveLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Whether some process holds the lock now, and whom the file names (nullopt before the worker
// wrote it). Disturbs neither the holder nor, for longer than take() waits, who wants it.
struct AliveState {
  bool held = false;
  std::optional<ProcessIdentity> process;
};
AliveState probe_alive_lock(const std::filesystem::path& attempt_folder);

}  // namespace radsweep::attempt
