// Ranks 1, 2, ... of an attempt: the processes beside rank 0 that train one run together.
//
// To the orchestrator an attempt stays one process: rank 0 starts the others, in its own session
// and group, and with them it ends. They hold the same alive.lock, are killed by the kernel when
// rank 0 dies, and leave it to rank 0 to heed requests to stop. When one of them is ended by a
// signal, rank 0 ends by the same signal: whoever watches rank 0 sees what befell the attempt.
#pragma once

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/train/rank_memory.h"

namespace radsweep::train {

// Tells a rank the descriptor of its RankMemory.
inline constexpr const char* kRankMemoryVariable = "RADSWEEP_RANK_MEMORY";

class RankProcesses {
 public:
  // Starts `radsweep-worker train FOLDER --rank N` for each of slot.others, with this process's
  // environment, log and lock (`alive_lock`), CUDA_VISIBLE_DEVICES naming that rank's GPU alone.
  // From then on a thread watches them. Throws Error(environment) when one cannot be started.
  // `memory` must outlive this.
  RankProcesses(const std::filesystem::path& folder, const attempt::Slot& slot, RankMemory& memory,
                int alive_lock);
  // Gives them a few seconds to end by themselves, and kills who is left.
  ~RankProcesses();
  RankProcesses(const RankProcesses&) = delete;
  RankProcesses& operator=(const RankProcesses&) = delete;

 private:
  struct Child {
    int rank, pid, pidfd;
  };
  void watch(const std::stop_token& stop);
  void judge(const Child& child);
  void kill_all();

  RankMemory& memory_;
  std::vector<Child> children_;  // those that were not reaped yet; of the watching thread
  std::jthread watcher_;         // last: it ends before the rest goes
};

// The rank's side: the memory of rank 0, named by the environment. Throws Error(usage) without.
RankMemory join_ranks(int rank);

}  // namespace radsweep::train
