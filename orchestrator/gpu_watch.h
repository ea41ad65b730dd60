// Whether a slot's GPU may be given a run right now, asked of NVML before each start.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "db/run_queue.h"
#include "orchestrator/environment/gpu_list.h"
#include "orchestrator/environment/slots.h"
#include "orchestrator/local_launcher.h"

namespace radsweep::orchestrator {

// Borrows both. Serves as SlotProblem; records every change of a GPU's state in the database.
class GpuWatch {
 public:
  GpuWatch(db::RunQueue& queue, const LocalLauncher& launcher);
  std::optional<std::string> problem_of(const SlotPlan& slot);

 private:
  void record(const db::GpuRow& row);

  db::RunQueue& queue_;
  const LocalLauncher& launcher_;
  std::optional<GpuList> gpus_;                  // opened at the first GPU slot
  std::map<std::string, std::string> recorded_;  // state and reason by UUID
};

}  // namespace radsweep::orchestrator
