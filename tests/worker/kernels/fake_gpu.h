// The Gpu that fake_gpu.cc makes. Takes CPU tensors.
#pragma once

#include <cstdlib>

#include "worker/kernels/cuda/gpu.h"

namespace radsweep::kernels::cuda {

// Sets a variable of fake_gpu.cc while it lives.
class FakeGpuSetting {
 public:
  FakeGpuSetting(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  FakeGpuSetting(const FakeGpuSetting&) = delete;
  FakeGpuSetting& operator=(const FakeGpuSetting&) = delete;
  ~FakeGpuSetting() { ::unsetenv(name_); }

 private:
  const char* name_;
};

inline Gpu fake_gpu() {
  return Gpu(FAKE_GPU, 0, Library(FAKE_GPU).function<Gpu::Stream()>("fake_gpu_stream"));
}

}  // namespace radsweep::kernels::cuda
