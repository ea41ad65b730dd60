#include "orchestrator/report/last_epoch.h"

#include <algorithm>
#include <map>

namespace radsweep::report {

std::optional<MeanAndStd> last_epoch_auc(const SweepRecord& record, const Cell& cell) {
  std::map<std::string, const EpochRow*> last;  // by run
  for (const EpochRow& epoch : record.epochs) {
    const EpochRow*& newest = last[epoch.run];
    if (!newest || epoch.epoch > newest->epoch) newest = &epoch;
  }
  std::vector<double> aucs;
  for (const RunRow& run : record.runs) {
    if (run.state != "done" || run.resolution != cell.resolution ||
        run.architecture != cell.architecture || run.variant != cell.variant) {
      continue;
    }
    const auto found = last.find(run.name);
    if (found != last.end() && found->second->valid_auc) aucs.push_back(*found->second->valid_auc);
  }
  if (aucs.empty()) return std::nullopt;
  return mean_and_std_of(aucs);
}

int epoch_count(const SweepRecord& record) {
  int count = 0;
  for (const EpochRow& epoch : record.epochs) count = std::max(count, epoch.epoch + 1);
  return count;
}

}  // namespace radsweep::report
