#include "orchestrator/gpu_watch.h"

#include <algorithm>

namespace radsweep::orchestrator {

GpuWatch::GpuWatch(db::RunQueue& queue, const LocalLauncher& launcher)
    : queue_(queue), launcher_(launcher) {}

std::optional<std::string> GpuWatch::problem_of(const SlotPlan& slot) {
  const std::string& uuid = slot.slot.gpu_uuid;
  if (uuid.empty()) return std::nullopt;
  if (!gpus_) gpus_.emplace();
  const GpuInventory inventory = gpus_->read();
  const auto gpu = std::find_if(inventory.gpus.begin(), inventory.gpus.end(),
                                [&uuid](const Gpu& g) { return g.uuid == uuid; });
  if (gpu == inventory.gpus.end()) return "the driver does not list it any more";
  const auto problem = find_problem(*gpu, launcher_.pids_on(uuid));
  record(gpu_row(*gpu, problem));
  return problem ? std::optional(problem->reason) : std::nullopt;
}

void GpuWatch::record(const db::GpuRow& row) {
  const std::string now = row.state + " " + row.reason;
  std::string& before = recorded_[row.uuid];
  if (before == now) return;
  queue_.record_gpu(row);
  before = now;
}

}  // namespace radsweep::orchestrator
