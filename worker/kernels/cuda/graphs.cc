#include "worker/kernels/cuda/graphs.h"

#include "worker/kernels/cuda/graphs_library.h"
#include "worker/kernels/cuda/library.h"

namespace radsweep::kernels::cuda {
namespace {

// A fault of what the run asks for: neither of its GPU nor of its data.
Error refused(const std::string& why, const std::string& also = "") {
  return {ExitCode::usage, "record steps for", "cuda_graphs: true", why.substr(0, why.find('\n')),
          "cuda_graphs: false in the sweep file" + also};
}

GraphRecorder load_recorder(c10::Device device) {
  try {
    const Library library(kGraphsLibrary);
    GraphRecorder recorder;
    library.function<decltype(radsweep_make_graph_recorder)>(kMakeGraphRecorder)(device, recorder);
    return recorder;
  } catch (const Error& missing) {
    throw refused(missing.why(),
                  ", or a build with the headers of CUDA's run time beside LibTorch, as ./dev "
                  "setup installs them");
  }
}

}  // namespace

std::optional<Error> refusal_to_record(const c10::Error& failure) {
  // CUDA's errors for it speak of "capture" and "capturing"
  const std::string text = failure.what_without_backtrace();
  if (text.find("captur") == std::string::npos) return std::nullopt;
  return refused(text);
}

GraphRecorder open_graph_recorder(c10::Device device) {
  return [record = load_recorder(device)](const Work& work) -> Work {
    try {
      return record(work);
    } catch (const c10::Error& failure) {
      if (const auto refusal = refusal_to_record(failure)) throw Error(*refusal);
      throw;
    }
  };
}

}  // namespace radsweep::kernels::cuda
