#include "orchestrator/measurement_flaw.h"

#include <cmath>
#include <string_view>
#include <unordered_set>

namespace radsweep::orchestrator {

std::string flaw_of(const attempt::EpochRecord& record) {
  return record.epoch >= 0 ? "" : "an epoch with number " + std::to_string(record.epoch);
}

std::string flaw_of(const std::vector<attempt::Prediction>& predictions) {
  std::unordered_set<std::string_view> studies;
  for (const attempt::Prediction& p : predictions) {
    if (!studies.insert(p.study).second) return "two predictions for the study " + p.study;
    if (p.label != 0 && p.label != 1) {
      return "the label " + std::to_string(p.label) + " of the study " + p.study;
    }
    if (!std::isfinite(p.logit) || !(p.probability >= 0 && p.probability <= 1)) {
      return "a prediction for the study " + p.study + " that is no probability";
    }
  }
  return "";
}

std::string flaw_of(const attempt::Result& result) {
  for (const attempt::EpochRecord& record : result.epochs) {
    if (std::string flaw = flaw_of(record); !flaw.empty()) return flaw;
  }
  for (const auto& report : result.own_epochs.value_or(std::vector<attempt::OwnEpoch>{})) {
    if (report.epoch < 0) return "an epoch with number " + std::to_string(report.epoch);
  }
  for (const double measured :
       {result.train_seconds, result.images_per_second, result.peak_memory_mb}) {
    if (!std::isfinite(measured)) return "a time, speed or memory that is not a number";
  }
  return flaw_of(result.predictions);
}

}  // namespace radsweep::orchestrator
