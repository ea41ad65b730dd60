#include "worker/train/visible_gpus.h"

#include <dlfcn.h>

#include <array>
#include <cstdio>

#include "base/error.h"

namespace radsweep::train {
namespace {

// The few calls of the driver's C interface that are used, as cuda.h declares them.
using Status = int;  // 0: success
struct Uuid {
  std::array<unsigned char, 16> bytes;
};

Error refused(const std::string& why, const std::string& hint = {}) {
  return Error(ExitCode::environment, "use", "the GPU", why, hint);
}

// The driver library for as long as the object lives.
class Driver {
 public:
  explicit Driver(const std::string& library) : handle_(::dlopen(library.c_str(), RTLD_NOW)) {
    if (!handle_) {
      throw refused(std::string("there is no NVIDIA driver: ") + ::dlerror(),
                    "run on the CPU (cpu_slots), or install the driver");
    }
    check(function<Status(unsigned)>("cuInit")(0), "cuInit");
  }
  // Not unloaded: LibTorch uses the same library afterwards.

  int count() const {
    int count = 0;
    check(function<Status(int*)>("cuDeviceGetCount")(&count), "cuDeviceGetCount");
    return count;
  }

  VisibleGpu gpu(int index) const {
    int device = 0;
    check(function<Status(int*, int)>("cuDeviceGet")(&device, index), "cuDeviceGet");
    Uuid uuid{};
    check(function<Status(Uuid*, int)>("cuDeviceGetUuid")(&uuid, device), "cuDeviceGetUuid");
    char name[256] = {};
    check(function<Status(char*, int, int)>("cuDeviceGetName")(name, sizeof name - 1, device),
          "cuDeviceGetName");
    return {spelled(uuid), name};
  }

 private:
  template <typename Signature>
  Signature* function(const char* name) const {
    void* symbol = ::dlsym(handle_, name);
    if (!symbol) throw refused(std::string("the driver has no ") + name);
    return reinterpret_cast<Signature*>(symbol);
  }

  static void check(Status status, const char* call) {
    if (status != 0) {
      throw refused(std::string(call) + " failed with status " + std::to_string(status),
                    "look at nvidia-smi and at dmesg for Xid messages");
    }
  }

  static std::string spelled(const Uuid& uuid) {
    std::string text = "GPU-";
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
      if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(uuid.bytes[i]));
      text += digits;
    }
    return text;
  }

  void* handle_;
};

}  // namespace

std::vector<VisibleGpu> visible_gpus(const std::string& driver_library) {
  const Driver driver(driver_library);
  std::vector<VisibleGpu> gpus;
  for (int i = 0; i < driver.count(); ++i) gpus.push_back(driver.gpu(i));
  return gpus;
}

VisibleGpu require_gpu(const std::string& uuid, const std::string& driver_library) {
  const std::vector<VisibleGpu> gpus = visible_gpus(driver_library);
  if (gpus.size() != 1) {
    throw refused("exactly one should be visible, not " + std::to_string(gpus.size()),
                  "start the worker with CUDA_VISIBLE_DEVICES=" + uuid);
  }
  if (gpus[0].uuid != uuid) {
    throw refused("this process sees " + gpus[0].uuid + " (" + gpus[0].name + "), not " + uuid,
                  "start the worker with CUDA_VISIBLE_DEVICES=" + uuid);
  }
  return gpus[0];
}

}  // namespace radsweep::train
