#include "orchestrator/sweep/published_data.h"

#include <cmath>

namespace radsweep::orchestrator {
namespace {

constexpr long kTrainRows = 223'414, kTrainStudies = 187'641, kValidRows = 234;
constexpr long kUsedStudies = 75'975;  // 58,710 positive and 17,265 negative

bool is_papers_policy(const attempt::LabelPolicy& labels) {
  return labels.target == "Atelectasis" && labels.uncertain == "positive" &&
         labels.negatives == std::vector<std::string>{"No Finding"};
}

}  // namespace

PublishedData published_data(const attempt::LabelPolicy& labels) {
  if (!is_papers_policy(labels)) {
    return {kTrainStudies, kTrainRows, kValidRows,
            "the published counts of all of CheXpert, the most that this label policy can use"};
  }
  const double images_per_study = static_cast<double>(kTrainRows) / kTrainStudies;
  return {kUsedStudies, std::lround(images_per_study * kUsedStudies), kValidRows,
          "the published counts of CheXpert"};
}

}  // namespace radsweep::orchestrator
