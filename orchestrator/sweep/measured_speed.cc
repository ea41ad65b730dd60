#include "orchestrator/sweep/measured_speed.h"

namespace radsweep::orchestrator {

MeasuredSpeed::MeasuredSpeed(const std::vector<MeasuredRun>& runs) {
  for (const MeasuredRun& run : runs) {
    if (run.cost <= 0 || run.seconds <= 0) continue;  // measured nothing
    for (Sum* sum : {&total_, &cells_[{run.resolution, run.architecture, 0}],
                     &cells_[{run.resolution, run.architecture, run.gpus}]}) {
      sum->cost += run.cost;
      sum->seconds += run.seconds * run.gpus;
      ++sum->runs;
    }
  }
}

std::optional<double> MeasuredSpeed::seconds(int resolution, const std::string& architecture,
                                             double cost, int gpus) const {
  if (total_.runs == 0) return std::nullopt;
  const Sum* basis = &total_;
  for (const int measured_on : {0, gpus}) {  // the closest last
    const auto cell = cells_.find({resolution, architecture, measured_on});
    if (cell != cells_.end()) basis = &cell->second;
  }
  return cost * basis->seconds / basis->cost / gpus;
}

}  // namespace radsweep::orchestrator
