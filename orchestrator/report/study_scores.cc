#include "orchestrator/report/study_scores.h"

#include <algorithm>

#include "orchestrator/report/table_reader.h"

namespace radsweep::report {

std::map<std::string, StudyScores> read_scores(db::Database& database) {
  TableReader rows(db::query(database,
                             "SELECT p.run_id, p.study, p.label, p.logit FROM predictions p"
                             " JOIN runs r ON r.run_id = p.run_id"
                             " WHERE r.current = 1 AND r.state = 'done'"
                             " ORDER BY p.run_id, p.study"));
  std::map<std::string, StudyScores> scores;
  while (rows.next()) {
    StudyScores& run = scores[rows.text("run_id")];
    run.studies.push_back(rows.text("study"));
    run.labels.push_back(rows.small("label"));
    run.logits.push_back(rows.optional_real("logit").value());  // NOT NULL in the schema
  }
  return scores;
}

bool same_studies(const StudyScores& a, const StudyScores& b) {
  return a.studies == b.studies && a.labels == b.labels;
}

std::optional<StudyScores> mean_logits(const std::vector<const StudyScores*>& members) {
  if (members.empty()) return std::nullopt;
  StudyScores mean = *members.front();
  std::fill(mean.logits.begin(), mean.logits.end(), 0.0);
  for (const StudyScores* member : members) {
    if (!same_studies(*member, mean)) return std::nullopt;
    for (std::size_t i = 0; i < mean.logits.size(); ++i) mean.logits[i] += member->logits[i];
  }
  for (double& logit : mean.logits) logit /= static_cast<double>(members.size());
  return mean;
}

}  // namespace radsweep::report
