#include "worker/data/published_counts.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/worker/data/small_data_set.h"
#include "worker/data/data_check.h"

using namespace radsweep;

namespace {

// Studies 0, 1, 2, ... of which `positive` have the finding, then `uncertain`, then `negative`.
struct Finding {
  const char* name;
  int positive, uncertain, negative;
  int first = 0;  // the study to start with
};
const Finding kFindings[] = {{"No Finding", 16627, 0, 0, 29333 + 29377 + 1007 - 369},
                             {"Enlarged Cardiomediastinum", 9020, 10148, 15032},
                             {"Cardiomegaly", 23002, 6597, 7712},
                             {"Lung Opacity", 92669, 4341, 4949},
                             {"Lung Lesion", 6856, 1071, 752},
                             {"Edema", 48905, 11571, 15667},
                             {"Consolidation", 12730, 23976, 19203},
                             {"Pneumonia", 4576, 15658, 1833},
                             {"Atelectasis", 29333, 29377, 1007},
                             {"Pneumothorax", 17313, 2663, 47006},
                             {"Pleural Effusion", 75696, 9419, 24832},
                             {"Pleural Other", 2441, 1771, 206},
                             {"Fracture", 7270, 484, 1949},
                             {"Support Devices", 105831, 898, 5257}};

std::string value_of(const Finding& finding, int study) {
  const int place = study - finding.first;
  if (place < 0) return "";
  if (place < finding.positive) return "1.0";
  if (place < finding.positive + finding.uncertain) return "-1.0";
  return place < finding.positive + finding.uncertain + finding.negative ? "0.0" : "";
}

// A part with so many rows, studies and patients, each study's labels by kFindings.
std::string table(const std::string& part, int rows, int studies, int patients) {
  std::string text = "Path";
  for (const Finding& finding : kFindings) text += std::string(",") + finding.name;
  for (int row = 0; row < rows; ++row) {
    const int study = row % studies;  // the second views come last
    std::string patient = std::to_string(study % patients + 1);
    patient.insert(0, 5 - patient.size(), '0');
    text += "\nCheXpert-v1.0/" + part + "/patient" + patient + "/study" +
            std::to_string(study / patients + 1) + "/view" + std::to_string(row / studies + 1) +
            "_frontal.jpg";
    for (const Finding& finding : kFindings) {
      const std::string value = value_of(finding, study);
      text += "," + (part == "valid" && value.empty() ? "0.0" : value);
    }
  }
  return text + "\n";
}

data::DataReport report_on(const std::filesystem::path& root) {
  data::Problems problems;  // no image is there
  return data::check_data(root, {}, data::ImageCheckDepth::ends, 2, problems, {});
}

}  // namespace

TEST_CASE("files with CheXpert's counts are recognised and agree with every published count") {
  test::TempDir folder;
  test::write_text(folder / "train.csv", table("train", 223414, 187641, 64540));
  test::write_text(folder / "valid.csv", table("valid", 234, 200, 200));
  const data::DataReport report = report_on(folder.path());
  CHECK(report.train.positive == 58710);
  CHECK(report.train.negative == 17265);
  CHECK(report.train.used() == 75975);
  CHECK(report.train.overlap == 369);
  const auto counts = data::compare_with_published(report);
  CHECK(counts.size() == 6 + 14 * 3 + 4);
  for (const data::PublishedCount& count : counts) {
    CAPTURE(count.what);
    CHECK(count.found == count.published);
  }
  CHECK(data::report_text(report).find("52 of 52 counts agree") != std::string::npos);

  data::DataReport other = report;
  ++other.train.positive;
  CHECK(data::report_text(other).find("train.csv: positive studies: 58711, published 58710") !=
        std::string::npos);
  other.labels.uncertain = "negative";  // another policy has other positive studies
  CHECK(data::compare_with_published(other).size() == 6 + 14 * 3);
  other.variant = "CheXpert-synthetic";
  CHECK(data::compare_with_published(other).empty());
}

TEST_CASE("a small part of CheXpert is not taken for the whole") {
  const test::SmallDataSet files;
  CHECK(data::compare_with_published(report_on(files.root())).empty());
}

TEST_CASE("images smaller than the paper's resolutions are counted") {
  const test::SmallDataSet files;  // 20 x 17 pixels
  const data::DataReport report = report_on(files.root());
  CHECK(report.smaller_images == std::map<int, std::size_t>{{160, 7}, {320, 7}, {480, 7}});
  CHECK(data::report_text(report).find("would be blown up") != std::string::npos);
  test::write_text(files / "train/patient00003/study1/view1_frontal.jpg",
                   test::small_jpeg(1, 400, 330));
  CHECK(report_on(files.root()).smaller_images ==
        std::map<int, std::size_t>{{160, 6}, {320, 6}, {480, 7}});
}
