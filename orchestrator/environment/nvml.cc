#include "orchestrator/environment/nvml.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "base/error.h"

// Types and numbers of NVIDIA's public NVML interface (NVML API reference), declared here because
// nvml.h comes with the CUDA toolkit only.
namespace radsweep::orchestrator {
namespace {

constexpr const char* kUsualLibrary = "libnvidia-ml.so.1";

using Device = void*;
using Return = int;
constexpr Return kSuccess = 0;
constexpr Return kInsufficientSize = 7;
constexpr Return kDriverNotLoaded = 9;
constexpr Return kLibRmVersionMismatch = 18;
constexpr int kUncorrected = 1;  // nvmlMemoryErrorType_t
constexpr int kVolatile = 0;     // nvmlEccCounterType_t: since the driver was loaded
constexpr double kMiB = 1024.0 * 1024.0;

struct Memory {
  unsigned long long total, free, used;
};
// nvmlProcessInfo_v2_t, used by the _v2 and _v3 calls; the first version ends after memory.
struct ProcessInfoV2 {
  unsigned pid;
  unsigned long long memory;
  unsigned gpu_instance, compute_instance;
};
struct ProcessInfoV1 {
  unsigned pid;
  unsigned long long memory;
};

constexpr unsigned long long kMemoryNotAvailable = ~0ULL;

}  // namespace

struct Nvml::Functions {
  Return (*init)() = nullptr;
  Return (*shutdown)() = nullptr;
  const char* (*error_string)(Return) = nullptr;
  Return (*driver_version)(char*, unsigned) = nullptr;
  Return (*count)(unsigned*) = nullptr;
  Return (*handle)(unsigned, Device*) = nullptr;
  Return (*uuid)(Device, char*, unsigned) = nullptr;
  Return (*name)(Device, char*, unsigned) = nullptr;
  Return (*memory)(Device, Memory*) = nullptr;
  // Below: absent in old drivers.
  Return (*capability)(Device, int*, int*) = nullptr;
  Return (*compute)(Device, unsigned*, void*) = nullptr;
  Return (*graphics)(Device, unsigned*, void*) = nullptr;
  Return (*mps_clients)(Device, unsigned*, void*) = nullptr;
  bool processes_v2 = true;  // layout of what these three write
  Return (*ecc)(Device, int, int, unsigned long long*) = nullptr;
  Return (*pages_pending)(Device, int*) = nullptr;
  Return (*remapped_rows)(Device, unsigned*, unsigned*, unsigned*, unsigned*) = nullptr;
  Return (*mig_mode)(Device, unsigned*, unsigned*) = nullptr;
};

namespace {

template <typename Function>
bool find(void* library, const char* symbol, Function*& function) {
  function = reinterpret_cast<Function*>(::dlsym(library, symbol));
  return function != nullptr;
}

[[noreturn]] void fail(const std::string& where, const std::string& why, const std::string& hint) {
  throw Error(ExitCode::environment, "ask the NVIDIA driver through", where, why, hint);
}

const char* hint_for(Return code) {
  if (code == kDriverNotLoaded) return "load the driver: sudo modprobe nvidia, then nvidia-smi";
  if (code == kLibRmVersionMismatch) {
    return "the driver was updated under the running system: reboot, or reload its modules";
  }
  return "see what nvidia-smi says";
}

// Reads a text of the library's; "" when it does not tell.
template <typename Ask>
std::string text_of(Ask ask) {
  std::array<char, 256> text{};
  if (ask(text.data(), static_cast<unsigned>(text.size() - 1)) != kSuccess) return {};
  return text.data();
}

template <typename Info>
std::optional<std::vector<GpuProcess>> ask_processes(Return (*ask)(Device, unsigned*, void*),
                                                     Device device) {
  // The list may grow between two calls, so ask with room to spare, and again when it grew.
  for (unsigned room = 32; room <= 4096; room *= 4) {
    std::vector<Info> infos(room);
    unsigned count = room;
    const Return code = ask(device, &count, infos.data());
    if (code == kInsufficientSize) continue;
    if (code != kSuccess) return std::nullopt;
    std::vector<GpuProcess> processes;
    for (unsigned i = 0; i < count && i < room; ++i) {
      GpuProcess process{static_cast<int>(infos[i].pid), std::nullopt};
      if (infos[i].memory != kMemoryNotAvailable) {
        process.memory_mb = static_cast<double>(infos[i].memory) / kMiB;
      }
      processes.push_back(process);
    }
    return processes;
  }
  return std::nullopt;
}

}  // namespace

Nvml::Nvml(const std::string& given) {
  std::string path = given;
  if (path.empty()) {
    const char* named = std::getenv(kNvmlLibraryVariable);
    path = named && *named ? named : kUsualLibrary;
  }
  library_ = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library_) {
    const std::string why = ::dlerror();
    const bool absent = path == kUsualLibrary && why.find("No such file") != std::string::npos;
    fail(path, absent ? "no NVIDIA driver is installed" : why,
         "install the NVIDIA driver, if there is such a GPU");
  }

  functions_ = std::make_unique<Functions>();
  Functions& f = *functions_;
  const bool complete =
      find(library_, "nvmlInit_v2", f.init) && find(library_, "nvmlShutdown", f.shutdown) &&
      find(library_, "nvmlErrorString", f.error_string) &&
      find(library_, "nvmlSystemGetDriverVersion", f.driver_version) &&
      find(library_, "nvmlDeviceGetCount_v2", f.count) &&
      find(library_, "nvmlDeviceGetHandleByIndex_v2", f.handle) &&
      find(library_, "nvmlDeviceGetUUID", f.uuid) && find(library_, "nvmlDeviceGetName", f.name) &&
      find(library_, "nvmlDeviceGetMemoryInfo", f.memory);
  if (!complete) {
    ::dlclose(library_);
    fail(path, "it is not NVML, or older than any supported driver", "update the NVIDIA driver");
  }
  find(library_, "nvmlDeviceGetCudaComputeCapability", f.capability);
  find(library_, "nvmlDeviceGetTotalEccErrors", f.ecc);
  find(library_, "nvmlDeviceGetRetiredPagesPendingStatus", f.pages_pending);
  find(library_, "nvmlDeviceGetRemappedRows", f.remapped_rows);
  find(library_, "nvmlDeviceGetMigMode", f.mig_mode);
  // Newest first; all of a kind, so that they share a layout.
  f.processes_v2 = (find(library_, "nvmlDeviceGetComputeRunningProcesses_v3", f.compute) &&
                    find(library_, "nvmlDeviceGetGraphicsRunningProcesses_v3", f.graphics)) ||
                   (find(library_, "nvmlDeviceGetComputeRunningProcesses_v2", f.compute) &&
                    find(library_, "nvmlDeviceGetGraphicsRunningProcesses_v2", f.graphics));
  if (!f.processes_v2) {
    find(library_, "nvmlDeviceGetComputeRunningProcesses", f.compute);
    find(library_, "nvmlDeviceGetGraphicsRunningProcesses", f.graphics);
    find(library_, "nvmlDeviceGetMPSComputeRunningProcesses", f.mps_clients);
  } else if (!find(library_, "nvmlDeviceGetMPSComputeRunningProcesses_v3", f.mps_clients)) {
    find(library_, "nvmlDeviceGetMPSComputeRunningProcesses_v2", f.mps_clients);
  }

  if (const Return code = f.init(); code != kSuccess) {
    const std::string why = f.error_string(code);
    ::dlclose(library_);
    fail(path, why, hint_for(code));
  }
}

Nvml::~Nvml() {
  functions_->shutdown();
  ::dlclose(library_);
}

std::string Nvml::driver_version() const {
  const std::string version = text_of(functions_->driver_version);
  return version.empty() ? "unknown" : version;
}

std::vector<Gpu> Nvml::read() const {
  unsigned count = 0;
  if (const Return code = functions_->count(&count); code != kSuccess) {
    fail("NVML", functions_->error_string(code), hint_for(code));
  }
  std::vector<Gpu> gpus;
  for (unsigned index = 0; index < count; ++index) gpus.push_back(read_gpu(index));
  return gpus;
}

Gpu Nvml::read_gpu(unsigned index) const {
  const Functions& f = *functions_;
  Gpu gpu;
  gpu.index = static_cast<int>(index);
  Device device = nullptr;
  if (const Return code = f.handle(index, &device); code != kSuccess) {
    gpu.lost = f.error_string(code);
    return gpu;
  }
  gpu.uuid = text_of([&](char* text, unsigned size) { return f.uuid(device, text, size); });
  gpu.name = text_of([&](char* text, unsigned size) { return f.name(device, text, size); });
  Memory memory{};
  if (const Return code = f.memory(device, &memory); code == kSuccess) {
    gpu.memory_total_mb = static_cast<double>(memory.total) / kMiB;
    gpu.memory_free_mb = static_cast<double>(memory.free) / kMiB;
  } else {
    gpu.lost = f.error_string(code);
  }
  ComputeCapability capability;
  if (f.capability && f.capability(device, &capability.major, &capability.minor) == kSuccess) {
    gpu.compute_capability = capability;
  }
  const auto processes = [&](auto ask) {
    const auto list = !ask             ? std::nullopt
                      : f.processes_v2 ? ask_processes<ProcessInfoV2>(ask, device)
                                       : ask_processes<ProcessInfoV1>(ask, device);
    return list;
  };
  gpu.compute = processes(f.compute).value_or(std::vector<GpuProcess>{});
  gpu.graphics = processes(f.graphics).value_or(std::vector<GpuProcess>{});
  if (const auto clients = processes(f.mps_clients)) {
    gpu.mps_clients_known = true;
    std::ranges::copy_if(*clients, std::back_inserter(gpu.compute), [&](const GpuProcess& client) {
      return std::ranges::find(gpu.compute, client.pid, &GpuProcess::pid) == gpu.compute.end();
    });
  }
  read_health(device, gpu);
  return gpu;
}

void Nvml::read_health(void* device, Gpu& gpu) const {
  const Functions& f = *functions_;
  unsigned long long errors = 0;
  if (f.ecc && f.ecc(device, kUncorrected, kVolatile, &errors) == kSuccess) {
    gpu.uncorrected_ecc_errors = static_cast<long>(errors);
  }
  int pages_pending = 0;
  if (f.pages_pending && f.pages_pending(device, &pages_pending) == kSuccess) {
    gpu.memory_repair_pending = pages_pending != 0;
  }
  unsigned corrected = 0, uncorrected = 0, rows_pending = 0, failed = 0;
  if (f.remapped_rows &&
      f.remapped_rows(device, &corrected, &uncorrected, &rows_pending, &failed) == kSuccess) {
    gpu.memory_repair_pending = gpu.memory_repair_pending.value_or(false) || rows_pending != 0;
    gpu.memory_repair_failed = failed != 0;
  }
  unsigned mig_now = 0, mig_after_reset = 0;
  gpu.mig_enabled =
      f.mig_mode && f.mig_mode(device, &mig_now, &mig_after_reset) == kSuccess && mig_now != 0;
}

}  // namespace radsweep::orchestrator
