#include "worker/kernels/cuda/nvrtc.h"

#include <cstddef>
#include <memory>

#include "base/error.h"

namespace radsweep::kernels::cuda {
namespace {

// Of nvrtc.h, which a machine without CUDA does not have.
using Program = void*;
using Create = int(Program*, const char* source, const char* name, int headers,
                   const char* const* texts, const char* const* names);
using Compile = int(Program, int options, const char* const*);
using Size = int(Program, std::size_t*);
using Read = int(Program, char*);
using Destroy = int(Program*);
using ErrorString = const char*(int);

class Compilation {
 public:
  Compilation(const Library& library, const std::string& source, const Header& header,
              std::string architecture)
      : library_(library), architecture_(std::move(architecture)) {
    check(library_.function<Create>("nvrtcCreateProgram")(&program_, source.c_str(), "radsweep.cu",
                                                          1, &header.text, &header.name));
  }
  Compilation(const Compilation&) = delete;
  Compilation& operator=(const Compilation&) = delete;
  ~Compilation() { library_.function<Destroy>("nvrtcDestroyProgram")(&program_); }

  std::string run() const {
    const std::string target = "--gpu-architecture=" + architecture_;
    const char* const options[] = {target.c_str(), "--std=c++17", "--fmad=false"};
    const int status = library_.function<Compile>("nvrtcCompileProgram")(program_, 3, options);
    if (status != 0) fail(status, text("nvrtcGetProgramLogSize", "nvrtcGetProgramLog"));
    return text("nvrtcGetCUBINSize", "nvrtcGetCUBIN");
  }

 private:
  std::string text(const char* size_name, const char* read_name) const {
    std::size_t size = 0;
    check(library_.function<Size>(size_name)(program_, &size));
    std::string result(size, '\0');
    check(library_.function<Read>(read_name)(program_, result.data()));
    return result;
  }

  void check(int status) const {
    if (status != 0) fail(status, "");
  }

  [[noreturn]] void fail(int status, const std::string& log) const {
    throw Error(ExitCode::internal, "compile", "the CUDA kernels for " + architecture_,
                library_.function<ErrorString>("nvrtcGetErrorString")(status) +
                    (log.empty() ? "" : "\n" + log.substr(0, log.find('\0'))));
  }

  const Library& library_;
  std::string architecture_;
  Program program_ = nullptr;
};

}  // namespace

std::string compile(const Library& library, const std::string& source, const Header& header,
                    const std::string& architecture) {
  return Compilation(library, source, header, architecture).run();
}

}  // namespace radsweep::kernels::cuda
