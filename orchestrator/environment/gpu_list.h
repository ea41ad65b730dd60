// The GPUs of this machine: which there are, which a user means, which may be given a run.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/run.h"
#include "orchestrator/environment/nvml.h"

namespace radsweep::orchestrator {

struct GpuInventory {
  std::vector<Gpu> gpus;  // ordered by index; empty on a machine without
  std::string driver;     // version; empty without one
  std::string why_none;   // why `gpus` is empty, for people; else empty
};

// Asks NVML, again at every read, keeping the library open between (initialising it can take a
// second per GPU). A machine without driver or GPU is not an error. One thread.
class GpuList {
 public:
  GpuList();
  ~GpuList();
  GpuInventory read();

 private:
  std::unique_ptr<Nvml> nvml_;
};

// GPUs for which `words` stand, in the order of the machine: {} or {"all"} = all, "2" = index,
// "GPU-1ab2..." = UUID or the unambiguous beginning of one. Throws Error(usage) for a word that is
// neither or one GPU named twice, Error(environment) for a GPU that does not exist; both list
// what exists.
std::vector<Gpu> select_gpus(const std::vector<Gpu>& gpus, const std::vector<std::string>& words);

// What keeps a GPU from being given a run now.
struct GpuProblem {
  enum class Kind { foreign, quarantined };  // somebody uses it: wait | defective: leave it alone
  Kind kind = Kind::foreign;
  std::string reason;  // "process 4711 (python3) computes on it"
};

// nullopt: free for a run. `own_pids`: our workers that live on this GPU (runs_per_gpu > 1, or
// adopted ones); zombies never count. In a container NVML tells the host's process numbers: when
// none of ours is recognised, as many strangers as we have workers are taken for them.
// The server of NVIDIA's Multi-Process Service is nobody's computation where NVML tells its clients
// and its process is visible, which a container's is not.
// A desktop's graphics processes are tolerated up to 1 GiB: X servers hold a few MB on every GPU.
std::optional<GpuProblem> find_problem(const Gpu& gpu, const std::vector<int>& own_pids = {});

// As the database records it: state free, foreign or quarantined with the reason.
db::GpuRow gpu_row(const Gpu& gpu, const std::optional<GpuProblem>& problem);

// "0 = Quadro P6000, 24 GB, GPU-1ab2...", one line per GPU, for messages; "none" without.
std::string describe(const std::vector<Gpu>& gpus);

}  // namespace radsweep::orchestrator
