#include "orchestrator/attempt_end.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "orchestrator/measurement_flaw.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

using attempt::WorkerExit;
constexpr std::streamoff kLongestTail = 16 * 1024;

// Data that is not there is not bad: the disk that holds it may come back.
std::string refined_class(const fs::path& folder, std::string error_class) {
  if (error_class != "bad_data") return error_class;
  try {
    const attempt::Spec spec = attempt::read_spec(folder);
    const fs::path images =
        fs::path(spec.data.cache) / ("images-" + std::to_string(spec.resolution) + ".u8");
    for (const fs::path& file :
         {fs::path(spec.data.root) / "train.csv", fs::path(spec.data.root) / "valid.csv", images,
          fs::path(spec.pretrained)}) {
      std::error_code unknown;
      if (!file.empty() && !fs::exists(file, unknown)) return "missing_data";
    }
  } catch (const Error&) {
    return error_class;  // a spec that cannot be read tells nothing about the data
  }
  return error_class;
}

AttemptEnd failed(const fs::path& folder, const WorkerEnd& status, std::string error_class,
                  std::string error) {
  AttemptEnd end;
  end.kind = AttemptEnd::Kind::failed;
  end.failure.error_class = refined_class(folder, std::move(error_class));
  end.failure.error = std::move(error);
  end.failure.log_tail = log_tail(folder);
  end.failure.exit_code = status.exit_code;
  end.failure.term_signal = status.term_signal;
  return end;
}

AttemptEnd not_counted(AttemptEnd::Kind kind, std::string reason) {
  AttemptEnd end;
  end.kind = kind;
  end.reason = std::move(reason);
  return end;
}

// Why a result is not this attempt's; "" when it is.
std::string foreignness_of(const attempt::Result& result, const AttemptName& name) {
  if (result.run != name.run || result.identity != name.identity ||
      result.attempt != name.attempt) {
    return "the sealed result is of another attempt: " + result.run + " " +
           std::to_string(result.attempt);
  }
  return "";
}

AttemptEnd judge_sealed(const fs::path& folder, const AttemptName& name, const WorkerEnd& status,
                        attempt::Result result) {
  if (const std::string foreign = foreignness_of(result, name); !foreign.empty()) {
    return failed(folder, status, "bug", foreign);
  }
  switch (result.outcome) {
    case attempt::Outcome::stopped:
      return not_counted(AttemptEnd::Kind::stopped, "checkpointed and left");
    case attempt::Outcome::failed:
      return failed(folder, status, result.error_class.empty() ? "bug" : result.error_class,
                    result.error);
    case attempt::Outcome::done:
      break;
  }
  const bool has_auc = result.best_epoch >= 0;
  if (has_auc && !(result.best_auc >= 0 && result.best_auc <= 1)) {
    return failed(folder, status, "nan",
                  "the best AUC of the sealed result is not a number in 0..1");
  }
  if (const std::string flaw = flaw_of(result); !flaw.empty()) {
    return failed(folder, status, "bug", "the sealed result holds " + flaw);
  }
  AttemptEnd end;
  end.kind = AttemptEnd::Kind::done;
  end.result = std::move(result);
  return end;
}

std::string signal_text(int number) {
  const char* name = ::sigabbrev_np(number);
  std::string text = "ended by signal " + std::to_string(number);
  if (name) text += std::string(" SIG") + name + " (" + ::strsignal(number) + ")";
  if (number == SIGKILL)
    return text + "; by somebody, or by the kernel for lack of memory (see dmesg)";
  const bool crashed = number == SIGSEGV || number == SIGABRT || number == SIGBUS ||
                       number == SIGFPE || number == SIGILL || number == SIGSYS;
  return text + (crashed ? "; the program crashed" : "; sent by somebody");
}

AttemptEnd judge_exit_code(const fs::path& folder, const WorkerEnd& status) {
  switch (static_cast<WorkerExit>(*status.exit_code)) {
    case WorkerExit::done:
      return failed(folder, status, "bug", "ended without a result");
    case WorkerExit::bad_spec:
      return failed(folder, status, "bad_spec", "the worker refused its spec");
    case WorkerExit::bad_data:
      return failed(folder, status, "bad_data", "the worker refused its data");
    case WorkerExit::bad_device:
      return failed(folder, status, "device", "the worker refused its device");
    case WorkerExit::io:
      return failed(folder, status, "disk", "the worker could not read or write");
    case WorkerExit::stopped:
      return not_counted(AttemptEnd::Kind::stopped, "checkpointed and left");
    case WorkerExit::failed:
      break;
  }
  return failed(folder, status, "bug",
                "ended with exit code " + std::to_string(*status.exit_code) + " and no result");
}

// Furthest step the attempt told of; nothing when it never had a worker.
std::optional<long> furthest_step(const fs::path& folder) {
  if (const auto beat = attempt::read_beat(folder)) return beat->step;
  if (attempt::probe_alive_lock(folder).process) return 0;
  return std::nullopt;
}

bool sealed_a_failure(const fs::path& folder) {
  try {
    const auto result = attempt::read_result(folder);
    return result && result->outcome == attempt::Outcome::failed;
  } catch (const Error&) {
    return true;  // damaged, and counted as a failure when it was found
  }
}

}  // namespace

AttemptEnd judge_attempt(const fs::path& folder, const AttemptName& name, const WorkerEnd& status,
                         Asked asked) {
  std::optional<attempt::Result> result;
  try {
    result = attempt::read_result(folder);
  } catch (const Error& damaged) {
    return failed(folder, status, "disk", damaged.why());
  }
  const bool left_politely = result && result->outcome == attempt::Outcome::stopped;
  if (asked == Asked::hang && (!result || left_politely)) {
    return failed(folder, status, "hang", "its steps stood still");
  }
  if (asked == Asked::time_limit && (!result || left_politely)) {
    return failed(folder, status, "time_limit", "it took longer than retry.time_limit_h allows");
  }
  if (result) return judge_sealed(folder, name, status, *std::move(result));
  if (asked == Asked::stop && (status.term_signal || !status.exit_code)) {
    return not_counted(AttemptEnd::Kind::stopped, "ended before it could checkpoint");
  }
  if (!status.out_of_memory.empty()) {
    return failed(folder, status, "host_memory", status.out_of_memory);
  }
  if (status.term_signal) return failed(folder, status, "signal", signal_text(*status.term_signal));
  if (status.exit_code) return judge_exit_code(folder, status);
  return not_counted(AttemptEnd::Kind::lost, "its process is gone without a word");
}

std::string log_tail(const fs::path& folder, int lines) {
  std::ifstream file(folder / attempt::kLogFile, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const std::streamoff size = file.tellg();
  const std::streamoff start = std::max<std::streamoff>(0, size - kLongestTail);
  file.seekg(start);
  std::string text(static_cast<std::size_t>(size - start), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::size_t begin = text.size();
  for (int line = 0; line < lines && begin != std::string::npos && begin > 0; ++line) {
    begin = text.rfind('\n', begin - 1);
  }
  return begin == std::string::npos || begin == 0 ? text : text.substr(begin + 1);
}

int ends_without_progress(const fs::path& run_folder, int attempt) {
  int in_a_row = 0;
  long furthest = 0;
  for (int number = 1; number <= attempt; ++number) {
    const fs::path folder = run_folder / std::to_string(number);
    const auto step = furthest_step(folder);
    if (!step) continue;
    const bool advanced = *step > furthest;
    in_a_row = advanced || sealed_a_failure(folder) ? 0 : in_a_row + 1;
    furthest = std::max(furthest, *step);
  }
  return in_a_row;
}

}  // namespace radsweep::orchestrator
