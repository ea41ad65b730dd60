// A library with NVML's interface whose GPUs come from an environment variable, for machines
// without any: load it through RADSWEEP_NVML_LIBRARY.
//   RADSWEEP_FAKE_GPUS="GPU-aaa:Quadro P6000:24576, GPU-bbb:Quadro P6000:24576:pid=4711:used=900"
// One GPU per comma: UUID, name, MiB, then any of
//   pid=N graphics=N  a process that computes or draws (may be repeated)     used=MiB
//   mps=N             a client of the Multi-Process Service (may be repeated)
//   cc=6.1  ecc=N  pending=0|1  remap_failed=0|1  mig=1  lost=1   (left out: NOT_SUPPORTED)
// "@FILE" reads the list from a file at every call, so that a test can change the machine.
// RADSWEEP_FAKE_NVML_INIT=N makes nvmlInit fail with code N.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr int kSuccess = 0, kInvalidArgument = 2, kNotSupported = 3, kInsufficientSize = 7,
              kGpuIsLost = 15;

struct FakeGpu {
  std::string uuid, name;
  unsigned long long total_mib = 0;
  std::vector<std::pair<std::string, std::string>> facts;

  std::string fact(const std::string& key) const {
    for (const auto& [name_of_fact, value] : facts) {
      if (name_of_fact == key) return value;
    }
    return {};
  }
  bool has(const std::string& key) const { return !fact(key).empty(); }
  unsigned long long number(const std::string& key) const {
    return has(key) ? std::stoull(fact(key)) : 0;
  }
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    std::string part = text.substr(begin, end - begin);
    part.erase(0, part.find_first_not_of(" \n"));
    part.erase(part.find_last_not_of(" \n") + 1);
    if (!part.empty()) parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

std::vector<FakeGpu> fake_gpus() {
  const char* variable = std::getenv("RADSWEEP_FAKE_GPUS");
  std::string text = variable ? variable : "";
  if (text.starts_with('@')) {
    std::ifstream file(text.substr(1));
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  std::vector<FakeGpu> gpus;
  for (const std::string& described : split(text, ',')) {
    const auto fields = split(described, ':');
    FakeGpu gpu{fields.at(0), fields.at(1), std::stoull(fields.at(2)), {}};
    for (std::size_t i = 3; i < fields.size(); ++i) {
      const std::size_t equals = fields[i].find('=');
      gpu.facts.emplace_back(fields[i].substr(0, equals), fields[i].substr(equals + 1));
    }
    gpus.push_back(std::move(gpu));
  }
  return gpus;
}

// A device handle is its index + 1.
FakeGpu gpu_of(void* device) {
  return fake_gpus().at(reinterpret_cast<std::uintptr_t>(device) - 1);
}

int write_text(const std::string& text, char* buffer, unsigned size) {
  if (text.size() + 1 > size) return kInsufficientSize;
  std::memcpy(buffer, text.c_str(), text.size() + 1);
  return kSuccess;
}

struct Memory {
  unsigned long long total, free, used;
};
struct ProcessInfo {
  unsigned pid;
  unsigned long long memory;
  unsigned gpu_instance, compute_instance;
};

int write_processes(void* device, const std::string& key, unsigned* count, ProcessInfo* infos) {
  const FakeGpu gpu = gpu_of(device);
  std::vector<unsigned> pids;
  for (const auto& [name, value] : gpu.facts) {
    if (name == key) pids.push_back(static_cast<unsigned>(std::stoul(value)));
  }
  const unsigned room = *count;
  *count = static_cast<unsigned>(pids.size());
  if (pids.size() > room) return kInsufficientSize;
  for (std::size_t i = 0; i < pids.size(); ++i) {
    infos[i] = {pids[i], gpu.number("used") << 20, ~0U, ~0U};
  }
  return kSuccess;
}

}  // namespace

extern "C" {

int nvmlInit_v2() {
  const char* code = std::getenv("RADSWEEP_FAKE_NVML_INIT");
  return code ? std::atoi(code) : kSuccess;
}
int nvmlShutdown() {
  return kSuccess;
}
const char* nvmlErrorString(int code) {
  return code == kGpuIsLost ? "GPU is lost" : code == 9 ? "Driver Not Loaded" : "Fake Error";
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) {
  return write_text("550.00-fake", text, size);
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = static_cast<unsigned>(fake_gpus().size());
  return kSuccess;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  const auto gpus = fake_gpus();
  if (index >= gpus.size()) return kInvalidArgument;
  if (gpus[index].has("lost")) return kGpuIsLost;
  *device = reinterpret_cast<void*>(static_cast<std::uintptr_t>(index) + 1);
  return kSuccess;
}
int nvmlDeviceGetUUID(void* device, char* text, unsigned size) {
  return write_text(gpu_of(device).uuid, text, size);
}
int nvmlDeviceGetName(void* device, char* text, unsigned size) {
  return write_text(gpu_of(device).name, text, size);
}
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
  const FakeGpu gpu = gpu_of(device);
  const auto used = gpu.number("used");
  *memory = {gpu.total_mib << 20, (gpu.total_mib - used) << 20, used << 20};
  return kSuccess;
}
int nvmlDeviceGetCudaComputeCapability(void* device, int* major, int* minor) {
  const auto parts = split(gpu_of(device).fact("cc"), '.');
  if (parts.size() != 2) return kNotSupported;
  *major = std::stoi(parts[0]);
  *minor = std::stoi(parts[1]);
  return kSuccess;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void* device, unsigned* count, ProcessInfo* infos) {
  return write_processes(device, "pid", count, infos);
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(void* device, unsigned* count, ProcessInfo* infos) {
  return write_processes(device, "graphics", count, infos);
}
int nvmlDeviceGetMPSComputeRunningProcesses_v3(void* device, unsigned* count, ProcessInfo* infos) {
  return write_processes(device, "mps", count, infos);
}
int nvmlDeviceGetTotalEccErrors(void* device, int, int, unsigned long long* errors) {
  const FakeGpu gpu = gpu_of(device);
  if (!gpu.has("ecc")) return kNotSupported;
  *errors = gpu.number("ecc");
  return kSuccess;
}
int nvmlDeviceGetRetiredPagesPendingStatus(void* device, int* pending) {
  const FakeGpu gpu = gpu_of(device);
  if (!gpu.has("pending")) return kNotSupported;
  *pending = static_cast<int>(gpu.number("pending"));
  return kSuccess;
}
int nvmlDeviceGetRemappedRows(void* device, unsigned* corrected, unsigned* uncorrected,
                              unsigned* pending, unsigned* failed) {
  const FakeGpu gpu = gpu_of(device);
  if (!gpu.has("remap_failed")) return kNotSupported;
  *corrected = *uncorrected = *pending = 0;
  *failed = static_cast<unsigned>(gpu.number("remap_failed"));
  return kSuccess;
}
int nvmlDeviceGetMigMode(void* device, unsigned* now, unsigned* after_reset) {
  const FakeGpu gpu = gpu_of(device);
  if (!gpu.has("mig")) return kNotSupported;
  *now = *after_reset = static_cast<unsigned>(gpu.number("mig"));
  return kSuccess;
}

}  // extern "C"
