// Stands in for libcaffe2_nvrtc with NVRTC and NVIDIA's driver behind it: a Pascal card whose
// kernels are those of worker/kernels/cuda, compiled as C++. Refuses what a card would not do.
//   FAKE_GPU_FAILS  name of the function that fails
//   FAKE_GPU_ORDER  descending: threads and blocks run last to first
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tests/worker/kernels/cuda_on_cpu.h"
#include "worker/kernels/cuda/augment.cu"
#include "worker/kernels/cuda/norm_relu.cu"

namespace {

using Launch = std::function<void(void** arguments)>;

template <typename T>
T read(const void* address) {
  T value;
  std::memcpy(&value, address, sizeof value);
  return value;
}

template <typename... Parameters>
Launch with_arguments(void (*kernel)(Parameters...)) {
  return [kernel](void** arguments) {
    [&]<std::size_t... i>(std::index_sequence<i...>) {
      kernel(read<Parameters>(arguments[i])...);
    }
    (std::index_sequence_for<Parameters...>());
  };
}

const std::map<std::string, Launch> kKernels{
    {"channel_moments", with_arguments(channel_moments)},
    {"joined_moments", with_arguments(joined_moments)},
    {"norm_relu", with_arguments(norm_relu)},
    {"norm_relu_backward", with_arguments(norm_relu_backward)},
    {"joined_sums", with_arguments(joined_sums)},
    {"through_moments", with_arguments(through_moments)},
    {"augment", with_arguments(augment)}};

constexpr std::string_view kCode = "machine code for sm_61";
constexpr std::string_view kLog = "radsweep.cu(7): error: expected a \";\"";
int device_context, module;  // for their addresses
int contexts = 0;            // on the stack of them

bool fails(std::string_view function) {
  const char* name = std::getenv("FAKE_GPU_FAILS");
  return name && name == function;
}

}  // namespace

extern "C" {

int nvrtcCreateProgram(void** program, const char* source, const char*, int headers,
                       const char* const* texts, const char* const* names) {
  *program = const_cast<char*>(source);
  const bool known = headers == 1 && names[0] == std::string_view("base/pixel_math.h") &&
                     std::strstr(texts[0], "namespace radsweep::pixel");
  return known ? 0 : 4;
}
int nvrtcCompileProgram(void* source, int count, const char* const* options) {
  if (fails("nvrtcCompileProgram")) return 6;
  const bool known = count == 3 && options[0] == std::string_view("--gpu-architecture=sm_61") &&
                     options[2] == std::string_view("--fmad=false");
  return known && std::strstr(static_cast<const char*>(source), "__global__") ? 0 : 5;
}
int nvrtcGetProgramLogSize(void*, std::size_t* size) {
  *size = kLog.size() + 1;
  return 0;
}
int nvrtcGetProgramLog(void*, char* log) {
  std::memcpy(log, kLog.data(), kLog.size() + 1);
  return 0;
}
int nvrtcGetCUBINSize(void*, std::size_t* size) {
  *size = kCode.size();
  return 0;
}
int nvrtcGetCUBIN(void*, char* code) {
  std::memcpy(code, kCode.data(), kCode.size());
  return 0;
}
int nvrtcDestroyProgram(void** program) {
  *program = nullptr;
  return 0;
}
const char* nvrtcGetErrorString(int status) {
  return status == 6 ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_INVALID_OPTION";
}

int cuInit(unsigned) {
  return 0;
}
int cuDeviceGet(int* device, int number) {
  *device = number;
  return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 75 ? 6 : attribute == 76 ? 1 : -1;
  return 0;
}
int cuDevicePrimaryCtxRetain(void** context, int) {
  *context = &device_context;
  return 0;
}
int cuCtxPushCurrent_v2(void* context) {
  contexts += context == &device_context;
  return context == &device_context ? 0 : 201;
}
int cuCtxPopCurrent_v2(void** context) {
  *context = &device_context;
  return contexts-- > 0 ? 0 : 201;
}
int cuModuleLoadData(void** loaded, const void* code) {
  if (contexts != 1) return 201;
  *loaded = &module;
  return std::memcmp(code, kCode.data(), kCode.size()) == 0 ? 0 : 200;
}
int cuModuleGetFunction(void** function, void* from, const char* name) {
  const auto found = kKernels.find(name);
  if (from != &module || found == kKernels.end()) return 500;
  *function = const_cast<Launch*>(&found->second);
  return 0;
}
int cuLaunchKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                   unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                   void* stream, void** arguments, void** extra) {
  if (fails("cuLaunchKernel")) return 700;
  if (contexts != 1) return 201;
  const bool possible = grid_x > 0 && grid_y > 0 && grid_y < 65536 && grid_z == 1 &&
                        block_x * block_y <= 1024 && block_z == 1 && shared_bytes == 0 && !extra;
  if (!possible || stream != &contexts) return 1;
  const char* order = std::getenv("FAKE_GPU_ORDER");
  const auto& launch = *static_cast<const Launch*>(function);
  cuda_on_cpu::run([&] { launch(arguments); }, {grid_x, grid_y}, {block_x, block_y},
                   order ? cuda_on_cpu::Order::descending : cuda_on_cpu::Order::ascending);
  return 0;
}
int cuGetErrorString(int status, const char** text) {
  *text = status == 700 ? "an illegal memory access was encountered" : "refused by the fake";
  return 0;
}

// The one that kernels are expected on.
void* fake_gpu_stream() {
  return &contexts;
}
}
