#include "worker/kernels/bf16.h"

#include "worker/kernels/cuda/library.h"

namespace radsweep::kernels {
namespace {

bool processor_has_bf16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

bool gpu_has_bf16(c10::Device device) {
  constexpr int kMajorCapability = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
  const cuda::Library driver("libcuda.so.1");
  const auto attribute = driver.function<int(int*, int, int)>("cuDeviceGetAttribute");
  int major = 0;
  const int number = device.has_index() ? device.index() : 0;
  return attribute(&major, kMajorCapability, number) == 0 && major >= 8;
}

}  // namespace

Products products_on(c10::Device device) {
  static const bool kProcessor = processor_has_bf16();
  if (device.is_cpu()) return kProcessor ? Products::native : Products::widened;
  static const bool kGpu = gpu_has_bf16(device);
  return kGpu ? Products::native : Products::widened;
}

Products products_of(const at::Tensor& maps) {
  return maps.scalar_type() == at::kBFloat16 ? products_on(maps.device()) : Products::native;
}

}  // namespace radsweep::kernels
