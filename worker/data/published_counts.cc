#include "worker/data/published_counts.h"

#include <algorithm>
#include <array>

#include "worker/data/data_check.h"
#include "worker/data/label_policy.h"

namespace radsweep::data {
namespace {

constexpr std::size_t kTrainStudies = 187'641;

// Training studies in which the report calls a finding present, uncertain, absent.
struct Finding {
  const char* name;
  std::size_t positive, uncertain, negative;
};
constexpr std::array<Finding, 14> kTrainFindings{{
    {"No Finding", 16'627, 0, 0},
    {"Enlarged Cardiomediastinum", 9'020, 10'148, 15'032},
    {"Cardiomegaly", 23'002, 6'597, 7'712},
    {"Lung Opacity", 92'669, 4'341, 4'949},
    {"Lung Lesion", 6'856, 1'071, 752},
    {"Edema", 48'905, 11'571, 15'667},
    {"Consolidation", 12'730, 23'976, 19'203},
    {"Pneumonia", 4'576, 15'658, 1'833},
    {"Atelectasis", 29'333, 29'377, 1'007},
    {"Pneumothorax", 17'313, 2'663, 47'006},
    {"Pleural Effusion", 75'696, 9'419, 24'832},
    {"Pleural Other", 2'441, 1'771, 206},
    {"Fracture", 7'270, 484, 1'949},
    {"Support Devices", 105'831, 898, 5'257},
}};

bool is_chexpert(const DataReport& report) {
  return report.variant.starts_with("CheXpert-v1.0") &&
         report.train.studies >= kTrainStudies / 10 * 9;
}

bool is_papers_policy(const attempt::LabelPolicy& labels) {
  return labels.target == "Atelectasis" && labels.uncertain == "positive" &&
         labels.negatives == std::vector<std::string>{"No Finding"};
}

void compare_findings(const PartReport& train, std::vector<PublishedCount>& counts) {
  for (const Finding& finding : kTrainFindings) {
    const auto column = std::ranges::find(train.findings, finding.name);
    MentionCounts found{};
    if (column != train.findings.end()) {
      found = train.studies_by_mention[static_cast<std::size_t>(column - train.findings.begin())];
    }
    const auto add = [&](const char* value, std::size_t published, Mention mention) {
      counts.push_back({"train.csv: studies with " + std::string(finding.name) + " = " + value,
                        published, found[static_cast<std::size_t>(mention)]});
    };
    add("1", finding.positive, Mention::positive);
    add("-1", finding.uncertain, Mention::uncertain);
    add("0", finding.negative, Mention::negative);
  }
}

}  // namespace

std::vector<PublishedCount> compare_with_published(const DataReport& report) {
  if (!is_chexpert(report)) return {};
  const PartReport &train = report.train, &valid = report.valid;
  std::vector<PublishedCount> counts = {
      {"train.csv: rows", 223'414, train.rows},
      {"train.csv: studies", kTrainStudies, train.studies},
      {"train.csv: patients", 64'540, train.patients},
      {"valid.csv: rows", 234, valid.rows},
      {"valid.csv: studies", 200, valid.studies},
      {"valid.csv: patients", 200, valid.patients},
  };
  compare_findings(train, counts);
  if (is_papers_policy(report.labels)) {
    counts.push_back({"train.csv: positive studies", 58'710, train.positive});
    counts.push_back({"train.csv: negative studies", 17'265, train.negative});
    counts.push_back({"train.csv: used studies", 75'975, train.used()});
    // follows from the others: 1,007 + 16,627 - 17,265
    counts.push_back({"train.csv: No Finding beside Atelectasis", 369, train.overlap});
  }
  return counts;
}

}  // namespace radsweep::data
