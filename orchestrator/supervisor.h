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
#include "orchestrator/backup_keeper.h"
#include "orchestrator/clock.h"
#include "orchestrator/early_stop.h"
#include "orchestrator/launcher.h"
#include "orchestrator/progress.h"
#include "orchestrator/prune_watch.h"
#include "orchestrator/requests.h"
#include "orchestrator/settle.h"
#include "orchestrator/slot_table.h"
#include "orchestrator/stall_watch.h"
#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator {

// A worker that a full disk ended may be seen only when there is room again.
inline constexpr double kRoomMemory_s = 60;
// A lock that another program holds for so long is told of.
inline constexpr double kLockPatience_s = 5;

struct SupervisorOptions {
  std::string sweep;     // its name, for the picture
  double grace_s = 120;  // between TERM and KILL
  double pause_s = 0.5;  // between two looks at events and beats
  RetryRule retry;
  std::function<int()> stop_requests = [] { return 0; };  // how often the user asked until now
  SlotProblem slot_problem;
  std::optional<int> max_failures;    // of --max-failures
  std::optional<PruneOptions> prune;  // of `prune:`; nothing: every run goes to its end
  // Why the store's disk has no room for another run now; nothing: it has. Failures of class disk
  // are not charged then, nor for kRoomMemory_s after.
  std::function<std::optional<std::string>()> lack_of_room = [] { return std::nullopt; };
};

enum class SweepEnd {
  complete,    // no run is left to do
  halted,      // stopped early: too many runs failed (early_stop.h)
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
  // all, while the disk has no room, and while the database cannot be written: the workers go on
  // meanwhile. Throws Error(environment) when every GPU is in quarantine.
  SweepEnd run();

 private:
  struct Worker {
    db::Fence fence;
    AttemptName name;
    std::string slot = {};  // by name, of all that it holds
    std::int64_t ingested_bytes = 0;
    double started_s = 0;  // by elapsed_s; before our time for an adopted one
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
  bool keep_waiting(db::Hindrance hindrance);
  void tell_of(db::Hindrance hindrance);
  void forget_hindrances();
  bool lacks_room();
  bool lacked_room_lately();
  void fill_free_slots();
  bool may_start();
  bool hopeless() const;
  void tell_complaints();
  void record_outlook();
  void start_worker(const db::Claim& claim, const SlotPlan& slot);
  bool take_in_folder(const db::Claim& claim, const std::string& slot);
  bool adopt(Worker worker, const std::optional<db::ProcessRow>& recorded);
  void look_after(Worker& worker);
  void ask_if_overdue(Worker& worker);
  void take_in_events(Worker& worker, const std::filesystem::path& folder);
  std::optional<std::string> reason_to_prune(const Worker& worker);
  void settle(const WorkerEnd& end);
  void note(const Settled& settled, const std::string& run, const std::string& slot);
  void heed_stop_requests();
  void ask_to_stop(Worker& worker, Asked why);
  Answer answer(const Request& request);
  bool work_is_left() const;
  void show();
  void show_in_time();
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
  std::vector<std::string> complaints_;     // told already
  std::optional<std::string> halt_;         // why no new run is started
  std::optional<double> hindered_since_s_;  // the database takes nothing since then
  bool told_of_hindrance_ = false;
  bool gave_up_waiting_ = false;  // for it, because the user wants to leave
  double lacked_room_s_ = -1e9;   // when the disk was last seen full
  std::vector<db::SlotRow> recorded_slots_;
  SupervisorOptions options_;
  Record record_;
  BackupKeeper backup_;
  double next_picture_s_ = 0;  // by elapsed_s
  EarlyStop early_stop_;
  std::optional<PruneWatch> prune_;
  std::vector<Worker> workers_;
  std::map<std::int64_t, int> device_failures_;  // by run, uncharged ones
  int stop_requests_ = 0;                        // heeded so far
  std::optional<double> leave_at_s_;             // after the second, whatever still lives
};

}  // namespace radsweep::orchestrator
