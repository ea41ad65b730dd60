#include "worker/data/data_check.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "tests/worker/data/small_data_set.h"

using namespace radsweep;
using data::check_data;
using data::ImageCheckDepth;

TEST_CASE("check_data counts rows, studies, patients, labels, views and the policy's verdicts") {
  const test::SmallDataSet files;
  data::Problems problems;
  const auto report = check_data(files.root(), {}, ImageCheckDepth::decode, 1, problems, {});
  CHECK(problems.empty());
  const auto& train = report.train;
  CHECK(train.rows == 5);
  CHECK(train.studies == 4);
  CHECK(train.patients == 3);
  CHECK(train.positive == 2);
  CHECK(train.negative == 1);
  CHECK(train.dropped == 1);
  CHECK(train.images == 4);
  CHECK(train.overlap == 0);
  CHECK(train.views.at("1 frontal") == 3);
  CHECK(train.views.at("1 frontal + 1 lateral") == 1);
  CHECK(train.described.at("Sex").at("Male") == 3);
  REQUIRE(train.findings == std::vector<std::string>{"No Finding", "Atelectasis"});
  // blank, negative, uncertain, positive
  CHECK(train.studies_by_mention[1] == data::MentionCounts{2, 0, 1, 1});
  CHECK(train.rows_by_mention[1] == data::MentionCounts{2, 0, 1, 2});
  CHECK(train.frontal_by_mention[1] == data::MentionCounts{2, 0, 1, 1});
  CHECK(train.lateral_by_mention[1] == data::MentionCounts{0, 0, 0, 1});
  CHECK(train.frontal_by_mention[0] == data::MentionCounts{3, 0, 0, 1});
  CHECK(report.valid.overlap == 1);

  const auto json = nlohmann::json::parse(report_json(report, problems));
  CHECK(json.at("train_studies") == 3);
  CHECK(json.at("train_positive") == 2);
  CHECK(json.at("train_images") == 4);
  CHECK(json.at("valid_studies") == 2);
  CHECK(json.at("valid_positive") == 1);
  CHECK(json.at("valid_images") == 2);
  CHECK(json.at("data_manifest") == attempt::data_manifest(files.root(), {}));
  CHECK(json.at("train").at("studies_by_label").at("Atelectasis").at("-1") == 1);
  CHECK(json.at("train").at("lateral_images_by_label").at("Atelectasis").at("1") == 1);
  CHECK(json.at("train").at("frontal_images_by_label").at("No Finding").at("1") == 1);
  CHECK(report_text(report).find("positive studies") != std::string::npos);
  CHECK(report_text(report).find("lateral images by label") != std::string::npos);
}

TEST_CASE("check_data looks at every image the files name, those of dropped studies too") {
  const test::SmallDataSet files;
  std::filesystem::remove(files / "train/patient00003/study1/view1_frontal.jpg");
  const std::string path = "valid/patient64542/study1/view1_frontal.jpg";
  std::string hollow = read_file(files / path);
  hollow.replace(hollow.size() - 40, 38, "\xFF\xD9" + std::string(36, '\0'));
  test::write_text(files / path, hollow);

  data::Problems ends, decoded;
  std::size_t seen = 0;
  check_data(files.root(), {}, ImageCheckDepth::ends, 2, ends, [&](std::size_t, std::size_t total) {
    ++seen;
    CHECK(total == 7);
  });
  CHECK(seen == 7);
  CHECK(ends.listing(data::kListAll).find("train.csv:6: train/patient00003") != std::string::npos);
  CHECK(ends.count() == 1);
  check_data(files.root(), {}, ImageCheckDepth::decode, 2, decoded, {});
  CHECK(decoded.count() == 2);
  CHECK(decoded.listing(data::kListAll).find("valid.csv:3: " + path) != std::string::npos);
}

TEST_CASE("Problems lists up to a number of each kind and tells how many more there are") {
  data::Problems problems;
  for (long row = 9; row >= 2; --row) {
    problems.add({data::ProblemKind::malformed_row, "train.csv", row, "odd"});
  }
  problems.add({data::ProblemKind::missing_file, "valid.csv", 0, "gone"});
  CHECK(problems.listing(2) ==
        "1 missing files:\n  valid.csv: gone\n"
        "8 malformed rows:\n  train.csv:2: odd\n  train.csv:3: odd\n  ... and 6 more");
}
