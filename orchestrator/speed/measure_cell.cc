#include "orchestrator/speed/measure_cell.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "orchestrator/environment/child_process.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/oom_watch.h"
#include "orchestrator/spawn_worker.h"
#include "worker/attempt/alive_lock.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "radsweep-bench-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw system_error("make the folder", pattern, errno);
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code stays;  // nothing can be done about it, and nothing depends on it
    fs::remove_all(path_, stays);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// The child inherits it. There is no lock to name: nobody else looks into the folder.
void take_environment(const attempt::Slot& slot, const fs::path& folder) {
  for (const std::string& entry : worker_environment(slot, folder)) {
    const std::size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    if (name == attempt::kAliveFdVariable) continue;
    ::setenv(name.c_str(), entry.c_str() + equals + 1, 1);
  }
}

double steady_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

void take_answer(const ChildEnd& end, OomWatch& oom_watch, CellSpeed& speed) {
  try {
    take_measurement(nlohmann::json::parse(end.output), speed);
  } catch (const nlohmann::json::exception&) {
    speed.error = "radsweep-worker printed no measurement";
  }
  if (end.succeeded() || !end.output.empty()) return;
  speed.error = "radsweep-worker ended with " + describe(end);
  if (end.term_signal == SIGKILL) {
    speed.error = oom_watch.evidence(steady_s()).value_or(speed.error);
  }
}

}  // namespace

CellSpeed measure_cell(const PlannedRun& run, const attempt::Slot& slot,
                       const MeasureOptions& options) {
  CellSpeed speed;
  speed.key = speed_key(run.spec);
  speed.resolution = run.row.resolution;
  speed.architecture = run.row.architecture;
  speed.variant = run.row.variant;
  const ScratchFolder folder;
  attempt::Spec spec = run.spec;
  spec.slot = slot;
  spec.gpus_per_run = 0;  // one process is measured
  spec.identity = sha256_hex(attempt::canonical_configuration(spec));
  attempt::write_spec(folder.path(), spec);
  take_environment(slot, folder.path());
  OomWatch oom_watch(OomWatch::counters_of_this_process());
  const ChildEnd end =
      run_child(worker_program(),
                {"bench", folder.path().string(), "--steps", std::to_string(options.steps),
                 "--images-per-study", std::to_string(options.images_per_study)},
                ChildOutput::captured);
  take_answer(end, oom_watch, speed);
  return speed;
}

}  // namespace radsweep::orchestrator
