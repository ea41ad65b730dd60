#include "orchestrator/report/study_scores.h"

#include <doctest/doctest.h>

#include "tests/orchestrator/report/sample_sweep.h"

using namespace radsweep;
using namespace radsweep::report;
using test::Fate;

TEST_CASE("read_scores has the done runs with their logits ordered by study") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::done, {}},
                           {160, "densenet121", 2, Fate::failed, {}},
                           {160, "densenet121", 3, Fate::running, {}}});
  const auto scores = read_scores(sweep.database());
  REQUIRE(scores.size() == 1);
  const StudyScores& run = scores.at("160-densenet121-s1");
  REQUIRE(run.studies.size() == 20);
  CHECK(run.labels.size() == 20);
  CHECK(run.logits.size() == 20);
  CHECK(run.studies[0] == "valid/patient0/study1");
  CHECK(run.studies[1] == "valid/patient1/study1");
  CHECK(run.studies[2] == "valid/patient10/study1");
  CHECK(run.labels[1] == 1);
  CHECK(run.labels[2] == 0);
}

TEST_CASE("mean_logits averages per study") {
  const StudyScores a{{"x", "y"}, {0, 1}, {-1, 2}}, b{{"x", "y"}, {0, 1}, {0, 4}};
  const auto mean = mean_logits({&a, &b});
  REQUIRE(mean);
  CHECK(mean->logits == std::vector<double>{-0.5, 3});
  CHECK(mean->labels == a.labels);
  CHECK(mean_logits({&a})->logits == a.logits);
  CHECK_FALSE(mean_logits({}));
}

TEST_CASE("mean_logits refuses members with other studies or labels") {
  const StudyScores a{{"x", "y"}, {0, 1}, {-1, 2}};
  const StudyScores other_study{{"x", "z"}, {0, 1}, {-1, 2}};
  const StudyScores other_label{{"x", "y"}, {1, 1}, {-1, 2}};
  const StudyScores fewer{{"x"}, {0}, {-1}};
  for (const StudyScores* b : {&other_study, &other_label, &fewer}) {
    CHECK_FALSE(same_studies(a, *b));
    CHECK_FALSE(mean_logits({&a, b}));
  }
}
