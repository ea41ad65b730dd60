// The border between deciding and doing: whoever starts worker processes and watches them.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "db/run.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

// A worker whose process is gone and whose alive.lock is free: nothing of it can write any more.
struct WorkerEnd {
  db::Fence fence;
  // Both empty: it was adopted from an earlier orchestrator, so nobody can know.
  std::optional<int> exit_code = {};
  std::optional<int> term_signal = {};
  // Killed, and the kernel's counters say for lack of memory: how that is known. Else "".
  std::string out_of_memory = {};
};

enum class StopHow { politely, now };  // TERM: checkpoint and leave; KILL

// One thread. Destroying a launcher leaves its workers alone: they go on.
class Launcher {
 public:
  virtual ~Launcher() = default;

  // Starts the worker of the attempt in `folder`, where spec.json lies. On return it holds the
  // folder's alive.lock, without a gap. Throws Error(environment) when it cannot be started;
  // then nothing of it runs.
  virtual db::ProcessRow start(const db::Fence& fence, const std::filesystem::path& folder,
                               const attempt::Slot& slot) = 0;

  // Watches the worker of an earlier orchestrator from now on, if one lives: the alive.lock is
  // the proof of life, `recorded` or the lock file says which process. nullopt when it is free.
  // A row with pid 0 is a holder that cannot be named (another host): waited for, never signalled.
  virtual std::optional<db::ProcessRow> adopt(const db::Fence& fence,
                                              const std::filesystem::path& folder) = 0;

  // Asks the worker and all its children to stop. Nothing when it is gone already.
  virtual void stop(const db::Fence& fence, StopHow how) = 0;

  // Waits until a worker ended, the user asked for something, or `timeout_s` passed. Returns the
  // workers that ended, each once.
  virtual std::vector<WorkerEnd> wait(double timeout_s) = 0;
};

}  // namespace radsweep::orchestrator
