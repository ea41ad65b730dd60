// The running heart of `radsweep run`: keeps every slot busy until the sweep is complete. Decides
// only; processes, time and words go through Launcher, Clock and Progress.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/run_queue.h"
#include "orchestrator/attempt_end.h"
#include "orchestrator/clock.h"
#include "orchestrator/launcher.h"
#include "orchestrator/progress.h"
#include "orchestrator/requests.h"
#include "orchestrator/settle.h"
#include "orchestrator/slot_table.h"
#include "orchestrator/stall_watch.h"
#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator {

struct SupervisorOptions {
  std::string sweep;     // its name, for the picture
  double grace_s = 120;  // between TERM and KILL
  double pause_s = 0.5;  // between two looks at events and beats
  RetryRule retry;
  std::function<int()> stop_requests = [] { return 0; };  // how often the user asked until now
  SlotProblem slot_problem;
};

enum class SweepEnd {
  complete,    // no run is left to do
  stopped,     // asked once: every worker checkpointed and left
  interrupted  // asked twice: every worker was killed (one that cannot die is left behind)
};

// One thread. Borrows everything it is given. If it throws, workers go on and the next
// orchestrator adopts them.
class Supervisor {
 public:
  Supervisor(const Store& store, db::Database& database, db::RunQueue& queue, Launcher& launcher,
             const Clock& clock, Progress& progress, std::vector<PlannedRun> runs,
             std::vector<SlotPlan> slots, SupervisorOptions options);

  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Attempts that an earlier orchestrator left open: adopts those that live, settles the others.
  void take_over(const std::vector<db::OpenAttempt>& attempts);

  // The loop. Tells of every slot that may not be used, once; waits while somebody else uses them
  // all. Throws Error(environment) when every GPU is in quarantine.
  SweepEnd run();

 private:
  struct Worker {
    db::Fence fence;
    AttemptName name;
    std::string slot = {};  // by name
    std::int64_t ingested_bytes = 0;
    StallWatch stall;
    Asked asked = Asked::nothing;
    bool stop_recorded = false;
    std::optional<double> kill_at_s = {};  // when TERM was not heeded
    std::optional<attempt::Beat> beat = {};
    // Where it stood when its steps were first seen.
    struct Standing {
      long step = 0;
      double at_s = 0;
    };
    std::optional<Standing> first_seen = {};
    std::optional<double> best_auc = {};
  };

  Worker make_worker(const db::Fence& fence, AttemptName name) const;
  void fill_free_slots();
  void tell_complaints();
  void start_worker(const db::Claim& claim, const SlotPlan& slot);
  void look_after(Worker& worker);
  void settle(const WorkerEnd& end);
  void heed_stop_requests();
  void ask_to_stop(Worker& worker, Asked why);
  Answer answer(const Request& request);
  bool work_is_left() const;
  void show();
  Worker* find(const std::string& run);
  EndedAttempt ended(const Worker& worker, const WorkerEnd& status);

  const Store& store_;
  db::Database& database_;
  db::RunQueue& queue_;
  Launcher& launcher_;
  const Clock& clock_;
  Progress& progress_;
  std::map<std::string, PlannedRun> runs_;  // by identity
  SlotTable slots_;
  std::vector<std::string> complaints_;  // told already
  SupervisorOptions options_;
  Record record_;
  std::vector<Worker> workers_;
  std::map<std::int64_t, int> device_failures_;  // by run, uncharged ones
  int stop_requests_ = 0;                        // heeded so far
  std::optional<double> leave_at_s_;             // after the second, whatever still lives
};

}  // namespace radsweep::orchestrator
