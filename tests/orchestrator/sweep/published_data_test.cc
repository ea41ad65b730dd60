#include "orchestrator/sweep/published_data.h"

#include <doctest/doctest.h>

#include <map>

#include "worker/data/data_check.h"
#include "worker/data/published_counts.h"

using namespace radsweep;

namespace {

// The published counts that `data check` compares with.
std::map<std::string, long> checked_counts() {
  data::DataReport report;
  report.variant = "CheXpert-v1.0";
  report.train.studies = 187'641;
  std::map<std::string, long> counts;
  for (const data::PublishedCount& count : data::compare_with_published(report)) {
    counts[count.what] = static_cast<long>(count.published);
  }
  return counts;
}

}  // namespace

TEST_CASE("plans without data use the counts that data check compares with") {
  const auto counts = checked_counts();
  attempt::LabelPolicy labels;
  const auto papers = orchestrator::published_data(labels);
  CHECK(papers.train_studies == counts.at("train.csv: used studies"));
  CHECK(papers.valid_images == counts.at("valid.csv: rows"));
  CHECK(papers.train_images == 90'459);  // 1.19 per study
  labels.target = "Edema";
  const auto all = orchestrator::published_data(labels);
  CHECK(all.train_studies == counts.at("train.csv: studies"));
  CHECK(all.train_images == counts.at("train.csv: rows"));
  CHECK(all.counts.find("the most that this label policy can use") != std::string::npos);
}
