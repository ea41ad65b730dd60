// Compiles the CUDA kernels with a real NVRTC, which needs no GPU, and says how.
// usage: compile_kernels FOLDER libnvrtc.so.12 sm_61: takes the library from anywhere below FOLDER;
// 77 when it is not there.
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "base/error.h"
#include "worker/kernels/cuda/nvrtc.h"
#include "worker/kernels/cuda/sources.h"

using namespace radsweep;
using namespace kernels::cuda;

namespace {

std::optional<std::string> find_below(const std::filesystem::path& folder,
                                      const std::string& name) {
  if (!std::filesystem::exists(folder)) return std::nullopt;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == name) return entry.path().string();
  }
  return std::nullopt;
}

bool refuses_with_log(const Library& library, const std::string& architecture) {
  try {
    compile(library, "extern \"C\" __global__ void k() { nothing; }", {"none", ""}, architecture);
  } catch (const Error& error) {
    return error.why().find("radsweep.cu(1): error: identifier \"nothing\"") != std::string::npos;
  }
  return false;
}

bool check(bool condition, const char* claim) {
  if (!condition) std::cerr << "not true: " << claim << '\n';
  return condition;
}

}  // namespace

int main(int argc, char** argv) {
  ensure(argc == 4, "usage: compile_kernels FOLDER LIBRARY ARCHITECTURE");
  const std::string name = argv[2], architecture = argv[3];
  const std::optional<std::string> path = find_below(argv[1], name);
  if (!path) {
    std::cout << "skipped: no " << name << " below " << argv[1] << "; ./dev oracles installs it\n";
    return 77;
  }
  const Library library(*path);
  const std::string code = compile_kernels(library, architecture);
  bool good = check(code.starts_with("\177ELF"), "machine code comes out");
  for (const char* kernel : {"channel_moments", "joined_moments", "norm_relu", "norm_relu_backward",
                             "joined_sums", "through_moments", "augment"}) {
    good &= check(code.find(std::string(".text.") + kernel + '\0') != std::string::npos, kernel);
  }
  good &= check(refuses_with_log(library, architecture), "a wrong source is refused with the log");
  std::cout << name << ", " << architecture << ": " << code.size() << " bytes\n";
  return good ? 0 : 1;
}
