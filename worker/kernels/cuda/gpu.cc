#include "worker/kernels/cuda/gpu.h"

#include <c10/util/Exception.h>

#include <map>
#include <mutex>

#include "worker/kernels/cuda/sources.h"
#include "worker/kernels/cuda/stream.h"

namespace radsweep::kernels::cuda {
namespace {

// Of cuda.h: handles are pointers, devices and results ints.
using Init = int(unsigned);
using GetDevice = int(int*, int);
using GetAttribute = int(int*, int attribute, int device);
using RetainContext = int(void**, int device);
using LoadModule = int(void**, const void*);
using GetErrorString = int(int, const char**);
using LaunchKernel = int(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                         unsigned, void*, void**, void**);
constexpr int kCapabilityMajor = 75, kCapabilityMinor = 76;

}  // namespace

// LibTorch's context is current on this thread while it lives: threads of LibTorch's that made no
// call to CUDA yet have none.
class Gpu::ContextScope {
 public:
  explicit ContextScope(const Gpu& gpu) : gpu_(gpu) {
    gpu_.check(gpu_.push_context_(gpu_.context_), "cuCtxPushCurrent");
  }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;
  ~ContextScope() {
    void* context = nullptr;
    gpu_.pop_context_(&context);
  }

 private:
  const Gpu& gpu_;
};

Gpu::Gpu(const std::string& library, int device, std::function<Stream()> current_stream)
    : library_(library),
      current_stream_(std::move(current_stream)),
      push_context_(library_.function<int(void*)>("cuCtxPushCurrent_v2")),
      pop_context_(library_.function<int(void**)>("cuCtxPopCurrent_v2")),
      find_kernel_(library_.function<int(void**, void*, const char*)>("cuModuleGetFunction")),
      launch_kernel_(library_.function<LaunchKernel>("cuLaunchKernel")) {
  int handle = 0, major = 0, minor = 0;
  const auto attribute = library_.function<GetAttribute>("cuDeviceGetAttribute");
  check(library_.function<Init>("cuInit")(0), "cuInit");
  check(library_.function<GetDevice>("cuDeviceGet")(&handle, device), "cuDeviceGet");
  check(attribute(&major, kCapabilityMajor, handle), "cuDeviceGetAttribute");
  check(attribute(&minor, kCapabilityMinor, handle), "cuDeviceGetAttribute");
  const std::string code =
      compile_kernels(library_, "sm_" + std::to_string(major) + std::to_string(minor));
  check(library_.function<RetainContext>("cuDevicePrimaryCtxRetain")(&context_, handle),
        "cuDevicePrimaryCtxRetain");
  const ContextScope scope(*this);
  check(library_.function<LoadModule>("cuModuleLoadData")(&module_, code.data()),
        "cuModuleLoadData");
}

void Gpu::start(const char* kernel, const Grid& grid, std::span<const void*> arguments) const {
  const ContextScope scope(*this);
  void* function = nullptr;
  check(find_kernel_(&function, module_, kernel), "cuModuleGetFunction");
  check(launch_kernel_(function, static_cast<unsigned>(grid.width),
                       static_cast<unsigned>(grid.height), 1, 32, 8, 1,
                       /*shared_bytes=*/0, current_stream_(), const_cast<void**>(arguments.data()),
                       nullptr),
        "cuLaunchKernel");
}

// In LibTorch's words for it.
void Gpu::check(int status, const char* call) const {
  const char* text = "unknown";
  if (status != 0) library_.function<GetErrorString>("cuGetErrorString")(status, &text);
  TORCH_CHECK(status == 0, "CUDA driver error: ", call, ": ", text);
}

const Gpu& gpu_of(c10::Device device) {
  static std::mutex mutex;
  static std::map<int, Gpu> made;
  const std::scoped_lock lock(mutex);
  const auto found = made.find(device.index());
  if (found != made.end()) return found->second;
  const auto stream = [device] { return handle_of(current_stream(device)); };
  return made.try_emplace(device.index(), "libcaffe2_nvrtc.so", device.index(), stream)
      .first->second;
}

}  // namespace radsweep::kernels::cuda
