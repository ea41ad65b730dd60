#include "orchestrator/environment/gpu_list.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

// X servers and compositors of a desktop stay well below; a game or a renderer does not.
constexpr double kDesktopMemoryMb = 1024;

std::string gigabytes(double mb) {
  return std::to_string(std::lround(mb / 1024)) + " GB";
}

// The command name of a process; "" when it is not visible from here.
std::string command_of(int pid) {
  try {
    std::string name = read_file_if_exists("/proc/" + std::to_string(pid) + "/comm").value_or("");
    while (!name.empty() && name.back() == '\n') name.pop_back();
    return name;
  } catch (const Error&) {
    return {};  // it ended while we looked
  }
}

// A zombie holds no GPU memory any more, but stays listed until its parent reaps it.
bool is_zombie(int pid) {
  try {
    const auto stat = read_file_if_exists("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t close = stat ? stat->rfind(") ") : std::string::npos;
    return close != std::string::npos && stat->size() > close + 2 && (*stat)[close + 2] == 'Z';
  } catch (const Error&) {
    return true;
  }
}

std::string describe_process(const GpuProcess& process) {
  const std::string command = command_of(process.pid);
  return "process " + std::to_string(process.pid) + (command.empty() ? "" : " (" + command + ")");
}

// "nvidia-cuda-mps-server" by the 15 characters that the kernel keeps. It computes for its clients.
bool is_mps_server(int pid) {
  return command_of(pid) == "nvidia-cuda-mps";
}

// Processes on the GPU that are neither ours nor dead.
std::vector<GpuProcess> strangers(const Gpu& gpu, const std::vector<int>& own_pids) {
  std::vector<GpuProcess> foreign;
  std::size_t recognised = 0;
  for (const GpuProcess& process : gpu.compute) {
    if (gpu.mps_clients_known && is_mps_server(process.pid)) continue;
    if (std::ranges::find(own_pids, process.pid) != own_pids.end()) {
      ++recognised;
    } else if (!is_zombie(process.pid)) {
      foreign.push_back(process);
    }
  }
  if (recognised == 0 && foreign.size() <= own_pids.size()) return {};
  return foreign;
}

[[noreturn]] void refuse(ExitCode code, const std::string& word, const std::string& why,
                         const std::vector<Gpu>& gpus) {
  throw Error(code, "use GPU", "'" + word + "'", why,
              "say all, an index or a UUID; GPUs of this machine:\n    " + describe(gpus));
}

bool is_number(const std::string& word) {
  return !word.empty() && word.size() < 7 &&
         std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

const Gpu& find_gpu(const std::vector<Gpu>& gpus, const std::string& word) {
  std::vector<const Gpu*> found;
  if (is_number(word)) {
    for (const Gpu& gpu : gpus) {
      if (gpu.index == std::stoi(word)) found.push_back(&gpu);
    }
  } else if (word.starts_with("GPU-")) {
    for (const Gpu& gpu : gpus) {
      if (gpu.uuid.starts_with(word)) found.push_back(&gpu);
    }
  } else if (word.starts_with("MIG-")) {
    refuse(ExitCode::environment, word, "slices of a GPU (MIG) are not supported", gpus);
  } else {
    refuse(ExitCode::usage, word, "this is neither an index nor a UUID", gpus);
  }
  if (found.empty()) refuse(ExitCode::environment, word, "there is no such GPU", gpus);
  if (found.size() > 1) refuse(ExitCode::usage, word, "several UUIDs begin like this", gpus);
  return *found.front();
}

}  // namespace

GpuList::GpuList() = default;
GpuList::~GpuList() = default;

GpuInventory GpuList::read() {
  GpuInventory inventory;
  try {
    if (!nvml_) nvml_ = std::make_unique<Nvml>();
    inventory.driver = nvml_->driver_version();
    inventory.gpus = nvml_->read();
    if (inventory.gpus.empty()) inventory.why_none = "the NVIDIA driver sees no GPU";
  } catch (const Error& error) {
    nvml_.reset();  // a driver that comes back later is asked afresh
    inventory.why_none = error.why();
  }
  return inventory;
}

std::vector<Gpu> select_gpus(const std::vector<Gpu>& gpus, const std::vector<std::string>& words) {
  if (words.empty() || (words.size() == 1 && words.front() == "all")) return gpus;
  std::vector<bool> chosen(gpus.size(), false);
  for (const std::string& word : words) {
    if (word == "all") {
      refuse(ExitCode::usage, word, "it stands alone, not beside other GPUs", gpus);
    }
    const auto position = static_cast<std::size_t>(&find_gpu(gpus, word) - gpus.data());
    if (chosen[position]) refuse(ExitCode::usage, word, "this GPU is named twice", gpus);
    chosen[position] = true;
  }
  std::vector<Gpu> selected;
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    if (chosen[i]) selected.push_back(gpus[i]);
  }
  return selected;
}

std::optional<GpuProblem> find_problem(const Gpu& gpu, const std::vector<int>& own_pids) {
  using Kind = GpuProblem::Kind;
  if (!gpu.lost.empty()) return GpuProblem{Kind::quarantined, "it does not answer: " + gpu.lost};
  if (gpu.memory_repair_failed.value_or(false)) {
    return GpuProblem{Kind::quarantined, "its memory is defective: remapping a row failed"};
  }
  if (gpu.memory_repair_pending.value_or(false)) {
    return GpuProblem{Kind::quarantined,
                      "its memory waits for a repair: reset the GPU (nvidia-smi -r) or reboot"};
  }
  if (gpu.uncorrected_ecc_errors.value_or(0) > 0) {
    return GpuProblem{Kind::quarantined, std::to_string(*gpu.uncorrected_ecc_errors) +
                                             " uncorrected memory errors since the driver was "
                                             "loaded: reset the GPU (nvidia-smi -r) or reboot"};
  }
  if (gpu.mig_enabled) {
    return GpuProblem{Kind::quarantined, "it is split into slices: sudo nvidia-smi -mig 0"};
  }
  if (const auto foreign = strangers(gpu, own_pids); !foreign.empty()) {
    return GpuProblem{Kind::foreign, describe_process(foreign.front()) + " computes on it"};
  }
  double graphics_mb = 0;
  for (const GpuProcess& process : gpu.graphics) graphics_mb += process.memory_mb.value_or(0);
  if (graphics_mb > kDesktopMemoryMb) {
    return GpuProblem{Kind::foreign, describe_process(gpu.graphics.front()) + " draws on it, " +
                                         gigabytes(graphics_mb) + " of its memory are taken"};
  }
  return std::nullopt;
}

db::GpuRow gpu_row(const Gpu& gpu, const std::optional<GpuProblem>& problem) {
  db::GpuRow row{gpu.uuid, gpu.name, gpu.memory_total_mb, "free", ""};
  if (problem) {
    row.state = problem->kind == GpuProblem::Kind::foreign ? "foreign" : "quarantined";
    row.reason = problem->reason;
  }
  return row;
}

std::string describe(const std::vector<Gpu>& gpus) {
  if (gpus.empty()) return "none";
  std::string text;
  for (const Gpu& gpu : gpus) {
    if (!text.empty()) text += "\n    ";
    text += std::to_string(gpu.index) + " = " +
            (gpu.lost.empty() ? gpu.name + ", " + gigabytes(gpu.memory_total_mb) + ", " + gpu.uuid
                              : "does not answer: " + gpu.lost);
  }
  return text;
}

}  // namespace radsweep::orchestrator
