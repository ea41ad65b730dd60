#include "orchestrator/sweep/measured_speed.h"

namespace radsweep::orchestrator {

MeasuredSpeed::MeasuredSpeed(const std::vector<MeasuredRun>& runs) {
  for (const MeasuredRun& run : runs) {
    if (run.cost <= 0 || run.seconds <= 0) continue;  // measured nothing
    for (Sum* sum : {&total_, &cells_[{run.resolution, run.architecture}]}) {
      sum->cost += run.cost;
      sum->seconds += run.seconds;
      ++sum->runs;
    }
  }
}

std::optional<double> MeasuredSpeed::seconds(int resolution, const std::string& architecture,
                                             double cost) const {
  if (total_.runs == 0) return std::nullopt;
  const auto cell = cells_.find({resolution, architecture});
  const Sum& basis = cell == cells_.end() ? total_ : cell->second;
  return cost * basis.seconds / basis.cost;
}

}  // namespace radsweep::orchestrator
