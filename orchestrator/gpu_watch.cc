#include "orchestrator/gpu_watch.h"

#include <algorithm>

namespace radsweep::orchestrator {

GpuWatch::GpuWatch(db::RunQueue& queue, const LocalLauncher& launcher)
    : queue_(queue), launcher_(launcher) {}

void GpuWatch::record_all(const std::vector<Gpu>& gpus) {
  for (const Gpu& gpu : gpus) {
    if (!gpu.uuid.empty()) look_at(gpu);  // one that is lost may not tell its own
  }
}

std::optional<GpuProblem> GpuWatch::problem_of(const SlotPlan& slot) {
  const std::string& uuid = slot.slot.gpu_uuid;
  if (uuid.empty()) return std::nullopt;
  if (!gpus_) gpus_.emplace();
  const GpuInventory inventory = gpus_->read();
  const auto gpu = std::find_if(inventory.gpus.begin(), inventory.gpus.end(),
                                [&uuid](const Gpu& g) { return g.uuid == uuid; });
  if (gpu != inventory.gpus.end()) return look_at(*gpu);
  GpuProblem gone{GpuProblem::Kind::quarantined, "the driver does not list it any more"};
  if (!inventory.why_none.empty()) gone.reason += " (" + inventory.why_none + ")";
  if (const auto known = recorded_.find(uuid); known != recorded_.end()) {
    db::GpuRow row = known->second;
    row.state = "quarantined";
    row.reason = gone.reason;
    record(row);
  }
  return gone;
}

std::optional<GpuProblem> GpuWatch::look_at(const Gpu& gpu) {
  const auto problem = find_problem(gpu, launcher_.pids_on(gpu.uuid));
  record(gpu_row(gpu, problem));
  return problem;
}

void GpuWatch::record(const db::GpuRow& row) {
  db::GpuRow& before = recorded_[row.uuid];
  if (before.state == row.state && before.reason == row.reason) return;
  queue_.record_gpu(row);
  before = row;
}

}  // namespace radsweep::orchestrator
