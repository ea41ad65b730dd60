// Workers as processes of this machine: spawned, watched through pidfds, stopped by group.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/launcher.h"
#include "orchestrator/oom_watch.h"

namespace radsweep::orchestrator {

class LocalLauncher : public Launcher {
 public:
  // `program`: radsweep-worker. `wake_descriptor` becomes readable when the user asks for
  // something (StopSignals); -1: never. Makes this process the reaper of its workers' orphans.
  // Workers are started as `program verb FOLDER`. `oom_watch` is for tests.
  LocalLauncher(std::filesystem::path program, int wake_descriptor, std::string verb = "train",
                OomWatch oom_watch = OomWatch(OomWatch::counters_of_this_process()));
  ~LocalLauncher() override;
  LocalLauncher(const LocalLauncher&) = delete;
  LocalLauncher& operator=(const LocalLauncher&) = delete;

  db::ProcessRow start(const db::Fence& fence, const std::filesystem::path& folder,
                       const attempt::Slot& slot) override;
  std::optional<db::ProcessRow> adopt(const db::Fence& fence,
                                      const std::filesystem::path& folder) override;
  void stop(const db::Fence& fence, StopHow how) override;
  std::vector<WorkerEnd> wait(double timeout_s) override;

  // Processes of the workers watched now whose spec names this GPU, for one of its ranks.
  std::vector<int> pids_on(const std::string& gpu_uuid) const;

 private:
  enum class Kind { child, adopted, nameless };  // nameless: known by its lock only
  struct Worker {
    db::Fence fence;
    std::filesystem::path folder;
    std::vector<std::string> gpus = {};  // UUIDs, of every rank; none on the CPU
    Kind kind = Kind::child;
    int pid = 0;
    int pidfd = -1;
    bool gone = false;  // the process ended; its lock may still be held by an orphan of it
    WorkerEnd end = {};
  };
  void watch(Worker worker);
  void note_exit(Worker& worker);
  void reap_orphans();

  std::filesystem::path program_;
  std::string verb_;
  int wake_descriptor_;
  OomWatch oom_watch_;
  std::vector<Worker> workers_;
};

}  // namespace radsweep::orchestrator
