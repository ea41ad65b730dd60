#include "worker/train/failure.h"

#include <c10/util/Exception.h>

#include <filesystem>
#include <initializer_list>
#include <new>
#include <string_view>

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/train/rank_memory.h"

namespace radsweep::train {
namespace {

using attempt::WorkerExit;

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    if (text.find(part) != std::string_view::npos) return true;
  }
  return false;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

Failure unusable_environment(Stage stage, std::string text) {
  switch (stage) {
    case Stage::spec:
      return {"bad_spec", WorkerExit::bad_spec, std::move(text)};
    case Stage::device:
      return {"device", WorkerExit::bad_device, std::move(text)};
    case Stage::data:
      return {"bad_data", WorkerExit::bad_data, std::move(text)};
    case Stage::training:
      break;
  }
  return {"disk", WorkerExit::io, std::move(text)};
}

}  // namespace

Failure classify(const std::exception& failure, Stage stage) {
  if (dynamic_cast<const std::bad_alloc*>(&failure)) {
    return {"host_memory", WorkerExit::failed, first_line(failure.what())};
  }
  if (const auto* other = dynamic_cast<const RankFailed*>(&failure)) {
    return {other->failure().error_class, static_cast<WorkerExit>(other->failure().exit_code),
            first_line(other->why())};
  }
  if (dynamic_cast<const c10::OutOfMemoryError*>(&failure)) {
    return {"out_of_memory", WorkerExit::failed, first_line(failure.what())};
  }
  if (const auto* error = dynamic_cast<const Error*>(&failure)) {
    if (error->code() == ExitCode::usage) {
      return {"bad_spec", WorkerExit::bad_spec, first_line(error->what())};
    }
    if (error->code() == ExitCode::environment) {
      return unusable_environment(stage, first_line(error->what()));
    }
    return {"bug", WorkerExit::failed, first_line(error->what())};
  }
  if (const auto* error = dynamic_cast<const std::filesystem::filesystem_error*>(&failure)) {
    return unusable_environment(stage, first_line(as_error(*error).what()));
  }
  if (const auto* error = dynamic_cast<const c10::Error*>(&failure)) {
    const std::string text = first_line(error->what_without_backtrace());
    // LibTorch's CPU allocator has no exception type of its own.
    if (contains_any(text, {"can't allocate memory"})) {
      return {"host_memory", WorkerExit::failed, text};
    }
    if (contains_any(text, {"out of memory"})) return {"out_of_memory", WorkerExit::failed, text};
    if (contains_any(text, {"CUDA error", "CUDA driver error", "cuDNN error", "CUDNN_STATUS",
                            "CUBLAS_STATUS", "NCCL error"})) {
      return {"device", WorkerExit::bad_device, text};
    }
    return {"bug", WorkerExit::failed, text};
  }
  return {"bug", WorkerExit::failed, first_line(failure.what())};
}

Failure not_finite(long step) {
  return {"nan", WorkerExit::failed,
          "the loss is not finite after " + std::to_string(step) + " steps"};
}

}  // namespace radsweep::train
