#include "worker/kernels/cuda/library.h"

#include <dlfcn.h>

#include "base/error.h"

namespace radsweep::kernels::cuda {

Library::Library(const std::string& name)
    : name_(name), handle_(::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (!handle_) {
    throw Error(ExitCode::environment, "load", name, ::dlerror(),
                "install LibTorch with its CUDA libraries: ./dev setup on the GPU machine; or "
                "train with `kernels: reference`");
  }
}

void* Library::symbol(const char* name) const {
  void* const found = ::dlsym(handle_, name);
  if (!found) {
    throw Error(ExitCode::environment, "use", name_, std::string("it has no ") + name,
                "a LibTorch from 2.7 to 2.13, see requirements/");
  }
  return found;
}

}  // namespace radsweep::kernels::cuda
