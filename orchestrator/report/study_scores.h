// The scores a run gave to the validation studies, and those of several seeds together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"

namespace radsweep::report {

// Three columns of equal length, ordered by study.
struct StudyScores {
  std::vector<std::string> studies;  // "valid/patient64541/study1"
  std::vector<int> labels;           // 1: has the target finding, else 0
  std::vector<double> logits;        // largest over the study's views
};

// By run, of the done runs of the current grid, each in its epoch with the best AUC. A done run
// without predictions has no entry. Throws Error when the database cannot be read.
std::map<std::string, StudyScores> read_scores(db::Database& database);

// Whether both are about the same studies with the same labels: only then may scores be paired.
bool same_studies(const StudyScores& a, const StudyScores& b);

// The seed ensemble: the mean logit of every study. nullopt without any member, or when their
// studies or labels are not the same.
std::optional<StudyScores> mean_logits(const std::vector<const StudyScores*>& members);

}  // namespace radsweep::report
