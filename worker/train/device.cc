#include "worker/train/device.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "worker/train/visible_gpus.h"

// Read by jemalloc before anything is allocated. A training step gives back what the next one takes
// again: kept, its pages need not be mapped and zeroed once more; huge ones, they are found sooner.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1";
}

namespace radsweep::train {
namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;

// The worker is linked to LibTorch's CPU half alone, so that one program serves machines with and
// without GPUs; loading this library registers the CUDA half.
void load_cuda() {
  if (!::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL)) {
    throw Error(ExitCode::environment, "load", "libtorch_cuda.so", ::dlerror(),
                "this build uses LibTorch's CPU profile; run ./dev setup on the GPU machine");
  }
  if (!at::globalContext().hasCUDA()) {
    throw Error(ExitCode::environment, "use", "the GPU", "LibTorch finds no usable CUDA device",
                "compare the driver's CUDA version (nvidia-smi) with LibTorch's");
  }
}

void make_deterministic() {
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);  // cuBLAS's own condition for determinism
  at::Context& context = at::globalContext();
  // Where there is only a non-deterministic operator it is used, with a warning in the log.
  context.setDeterministicAlgorithms(true, /*warn_only=*/true);
  context.setDeterministicFillUninitializedMemory(false);
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
}

void allow_tf32(bool allowed) {
  at::globalContext().setAllowTF32CuBLAS(allowed);
  at::globalContext().setAllowTF32CuDNN(allowed);
}

// Taken on the current device, from the driver. 0 when it does not tell.
double gpu_memory_mb() {
  using MemoryInfo = int(std::size_t*, std::size_t*);
  void* driver = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  void* symbol = driver ? ::dlsym(driver, "cuMemGetInfo_v2") : nullptr;
  std::size_t free_bytes = 0;
  std::size_t total_bytes = 0;
  if (!symbol || reinterpret_cast<MemoryInfo*>(symbol)(&free_bytes, &total_bytes) != 0) return 0;
  return static_cast<double>(total_bytes - free_bytes) / kMebibyte;
}

double highest_resident_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

void use_processors(const attempt::Slot& slot) {
  if (!slot.cpus.empty()) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int cpu : slot.cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
    if (::sched_setaffinity(0, sizeof set, &set) != 0) {
      throw system_error("keep to the slot's processors", "this process", errno);
    }
  }
  at::set_num_threads(slot.threads);
}

ComputeDevice open_device(const attempt::Slot& slot, const std::string& precision) {
  allow_tf32(precision == "tf32");
  if (slot.gpu_uuid.empty()) {
    const char* unit = slot.threads == 1 ? " thread" : " threads";
    return {at::kCPU, "CPU, " + std::to_string(slot.threads) + unit};
  }
  const VisibleGpu gpu = require_gpu(slot.gpu_uuid);
  make_deterministic();
  load_cuda();
  return {at::Device(at::kCUDA, 0), gpu.name + ", " + gpu.uuid};
}

double ComputeDevice::memory_mb() const {
  return device.is_cuda() ? gpu_memory_mb() : highest_resident_mb();
}

}  // namespace radsweep::train
