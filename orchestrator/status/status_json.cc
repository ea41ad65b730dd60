#include <nlohmann/json.hpp>

#include "orchestrator/status/sweep_status.h"

namespace radsweep::orchestrator {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json cell_json(const CellView& cell, const std::string& objective) {
  return {{"resolution", cell.resolution},
          {"architecture", cell.architecture},
          {"variant", cell.variant},
          {"done", cell.done},
          {"running", cell.running},
          {"failed", cell.failed},
          {"total", cell.total},
          {objective.empty() ? "auc_mean" : "objective_mean", or_null(cell.mean)}};
}

Json live_json(const LiveRun& run, const std::string& objective) {
  Json object = {{"run", run.run},
                 {"attempt", run.attempt},
                 {"state", run.state},
                 {"slot", run.slot},
                 {"started_ms", run.started_ms},
                 {"process_lives", run.process_lives},
                 {objective.empty() ? "best_auc" : "best_objective", or_null(run.best)},
                 {"beat", nullptr}};
  if (run.beat) {
    const attempt::Beat& beat = *run.beat;
    object["beat"] = {{"step", beat.step},
                      {"total_steps", beat.total_steps},
                      {"epoch", beat.epoch},
                      {"total_epochs", beat.total_epochs},
                      {"phase", beat.phase},
                      {"loss", beat.loss},
                      {"images_per_second", beat.images_per_second},
                      {"memory_mb", beat.memory_mb},
                      {"time_ms", beat.time_ms}};
  }
  return object;
}

}  // namespace

std::string status_as_json(const SweepStatus& status, const Store& store) {
  const db::StateCounts& counts = status.view.counts;
  const std::string& objective = status.view.objective;
  Json object = {
      {"sweep", status.view.name},
      {"store", store.root().string()},
      {"orchestrator",
       {{"running", status.owner.owned},
        {"pid", status.owner.owned && status.owner.process ? Json(status.owner.process->pid)
                                                           : Json(nullptr)}}},
      {"counts",
       {{"pending", counts.pending},
        {"waiting", counts.waiting},
        {"running", counts.running},
        {"stopping", counts.stopping},
        {"done", counts.done},
        {"failed", counts.failed},
        {"cancelled", counts.cancelled},
        {"total", counts.total()}}},
      {"objective", objective.empty() ? Json(nullptr) : Json(objective)},
      {"eta_s", or_null(status.view.eta_s)},
      {"cells", Json::array()},
      {"live", Json::array()},
      {"failed", Json::array()},
      {"waiting", Json::array()},
      {"pruned", Json::array()},
      {"halted", or_null(status.outlook.halted)},
      {"hindrance", or_null(status.hindrance)},
      {"slots", Json::array()}};
  for (const auto& cell : status.view.cells) object["cells"].push_back(cell_json(cell, objective));
  for (const LiveRun& run : status.live) object["live"].push_back(live_json(run, objective));
  for (const FailedRun& run : status.failed) {
    object["failed"].push_back({{"run", run.run},
                                {"attempts", run.attempts},
                                {"error_class", run.error_class},
                                {"error", run.error}});
  }
  for (const WaitingRun& run : status.waiting) {
    object["waiting"].push_back({{"run", run.run},
                                 {"not_before_ms", run.not_before_ms},
                                 {"error_class", run.error_class},
                                 {"error", run.error}});
  }
  for (const db::PrunedRun& run : status.pruned) {
    object["pruned"].push_back({{"run", run.name}, {"reason", run.reason}});
  }
  for (const db::SlotRow& slot : status.outlook.slots) {
    object["slots"].push_back(
        {{"name", slot.name}, {"label", slot.label}, {"problem", slot.problem}});
  }
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace radsweep::orchestrator
