// The GPUs this process may use, asked of the driver itself: what CUDA_VISIBLE_DEVICES left.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace radsweep::train {

struct VisibleGpu {
  std::string uuid;  // "GPU-8a1f...", as NVML and nvidia-smi spell it
  std::string name;  // "NVIDIA H200"
};

// In CUDA's order. Loads libcuda at run time. Throws Error(environment) without a driver or when
// the driver refuses.
std::vector<VisibleGpu> visible_gpus(const std::string& driver_library = "libcuda.so.1");

// The one visible GPU, when it is the one asked for. Throws Error(environment) when none or
// several are visible, or another one.
VisibleGpu require_gpu(const std::string& uuid, const std::string& driver_library = "libcuda.so.1");

}  // namespace radsweep::train
