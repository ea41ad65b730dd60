// A shared library whose functions are looked up by name. Stays loaded to the end of the process.
#pragma once

#include <string>

namespace radsweep::kernels::cuda {

class Library {
 public:
  // Throws Error(environment) when it cannot be loaded.
  explicit Library(const std::string& name);

  // In the library and those it needs. Throws Error(environment) when there is none.
  template <typename Signature>
  Signature* function(const char* name) const {
    return reinterpret_cast<Signature*>(symbol(name));
  }

 private:
  void* symbol(const char* name) const;

  std::string name_;
  void* handle_;
};

}  // namespace radsweep::kernels::cuda
