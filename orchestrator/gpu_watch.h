// Whether a slot's GPU may be given a run right now, asked of NVML before each start.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/run_queue.h"
#include "orchestrator/environment/gpu_list.h"
#include "orchestrator/environment/slots.h"
#include "orchestrator/local_launcher.h"

namespace radsweep::orchestrator {

// Borrows both. Serves as SlotProblem; records every change of a GPU's state in the database.
class GpuWatch {
 public:
  GpuWatch(db::RunQueue& queue, const LocalLauncher& launcher);
  // Records every GPU as it was found now: what an earlier orchestrator wrote may be long past.
  void record_all(const std::vector<Gpu>& gpus);
  std::optional<GpuProblem> problem_of(const SlotPlan& slot);

 private:
  std::optional<GpuProblem> look_at(const Gpu& gpu);
  void record(const db::GpuRow& row);

  db::RunQueue& queue_;
  const LocalLauncher& launcher_;
  std::optional<GpuList> gpus_;                 // opened at the first GPU slot
  std::map<std::string, db::GpuRow> recorded_;  // by UUID
};

}  // namespace radsweep::orchestrator
