#include "worker/data/dataset.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.h"
#include "tests/worker/data/small_data_set.h"
#include "worker/data/chexpert_csv.h"
#include "worker/data/problems.h"

using namespace radsweep;
using data::load_dataset;
using test::SmallDataSet;

namespace {

std::string complaint(const std::filesystem::path& root) {
  try {
    load_dataset(root, {});
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    CHECK(error.hint() != "");
    return error.why();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("load_dataset groups images into studies by path and labels them") {
  SmallDataSet files;
  const auto dataset = load_dataset(files.root(), {});
  REQUIRE(dataset.train.size() == 3);
  CHECK(dataset.variant == "CheXpert-v1.0");
  CHECK(dataset.train[0].key == "train/patient00001/study1");
  CHECK(dataset.train[0].label == 1);
  CHECK(dataset.train[0].images ==
        std::vector<std::string>{"train/patient00001/study1/view1_frontal.jpg",
                                 "train/patient00001/study1/view2_lateral.jpg"});
  CHECK(dataset.train[0].rows == std::vector<long>{2, 3});
  CHECK(dataset.train[1].label == 1);  // uncertain
  CHECK(dataset.train[2].key == "train/patient00002/study1");
  CHECK(dataset.train[2].label == 0);
  REQUIRE(dataset.valid.size() == 2);
  CHECK(dataset.valid[0].label == 1);
  CHECK(dataset.valid[1].label == 0);
  CHECK(dataset.images().size() == 6);
  CHECK(dataset.images()[4] == "valid/patient64541/study1/view1_frontal.jpg");
}

TEST_CASE("load_dataset does not depend on the order of rows and columns, quotes or line ends") {
  SmallDataSet files;
  const auto expected = load_dataset(files.root(), {}).images();
  std::ranges::reverse(files.train);
  SUBCASE("rows") {
    files.write_csv();
  }
  SUBCASE("byte order mark and CR LF") {
    files.write_csv("\r\n", "\xEF\xBB\xBF");
  }
  SUBCASE("other columns around") {
    files.header = "Atelectasis,Comment,No Finding, Path";
    for (auto* rows : {&files.train, &files.valid}) {
      for (auto& row : *rows) {
        const auto path = row.substr(0, row.find(','));
        const auto target = row.substr(row.rfind(',') + 1);
        const auto rest = row.substr(0, row.rfind(','));
        row = target + ",\"one, two\"," + rest.substr(rest.rfind(',') + 1) + ",\"" + path + "\"";
      }
    }
    files.write_csv();
  }
  CHECK(load_dataset(files.root(), {}).images() == expected);
}

TEST_CASE("load_dataset names file, row and reason of everything that is wrong") {
  SmallDataSet files;
  SUBCASE("no such folder") {
    CHECK(contains(complaint(files / "x"), "no such folder"));
  }
  SUBCASE("missing file") {
    std::filesystem::remove(files / "valid.csv");
    CHECK(contains(complaint(files.root()), "valid.csv: it does not exist"));
  }
  SUBCASE("empty file") {
    test::write_text(files / "train.csv", "");
    CHECK(contains(complaint(files.root()), "train.csv: the file is empty"));
  }
  SUBCASE("header without the target") {
    files.header = "Path,Sex,No Finding,Atelektasis";
    files.write_csv();
    CHECK(contains(complaint(files.root()),
                   "train.csv:1: there is no column 'Atelectasis' (did you mean 'Atelektasis'?)"));
  }
  SUBCASE("column twice") {
    files.header = "Path,Atelectasis,No Finding,Atelectasis";
    files.write_csv();
    CHECK(contains(complaint(files.root()),
                   "train.csv:1: the column 'Atelectasis' stands there twice"));
  }
  SUBCASE("too few fields") {
    files.train[2] = "CheXpert-v1.0/train/patient00001/study2/view1_frontal.jpg,Male";
    files.write_csv();
    CHECK(contains(complaint(files.root()), "train.csv:4: 2 fields where the header has 4"));
  }
  SUBCASE("unusable value") {
    files.valid[1].back() = '7';
    files.write_csv();
    CHECK(contains(complaint(files.root()),
                   "valid.csv:3: Atelectasis is '7', not 1, 0, -1 or empty"));
  }
  SUBCASE("path outside") {
    files.train[0] = "../train/patient00001/study1/view1_frontal.jpg,Male,,1.0";
    files.write_csv();
    CHECK(contains(complaint(files.root()), "train.csv:2: '../train"));
  }
  SUBCASE("row of the other part") {
    files.train[3] = files.valid[0];
    files.write_csv();
    CHECK(contains(complaint(files.root()), "train.csv:5: 'CheXpert-v1.0/valid/"));
  }
  SUBCASE("image named twice") {
    files.train.push_back(files.train[0]);
    files.write_csv();
    CHECK(contains(complaint(files.root()), "view1_frontal.jpg stands in row 2 already"));
  }
  SUBCASE("labels differ within a study") {
    files.train[1].replace(files.train[1].size() - 3, 3, "0.0");
    files.write_csv();
    CHECK(contains(complaint(files.root()),
                   "train.csv:3: train/patient00001/study1: Atelectasis is "
                   "0 here and 1 in row 2"));
  }
  SUBCASE("no usable study") {
    files.train.resize(5);
    files.train.erase(files.train.begin(), files.train.begin() + 4);
    files.write_csv();
    CHECK(contains(complaint(files.root()), "train.csv: none of its 1 studies has a label"));
  }
  SUBCASE("several at once") {
    files.train[0] = "nonsense";
    files.train[2].back() = 'x';
    files.valid[0] = "\"open";
    files.write_csv();
    const std::string all = complaint(files.root());
    CHECK(contains(all, "2 malformed rows:\n  train.csv:2: "));
    CHECK(contains(all, "\n  valid.csv:2: "));
    CHECK(contains(all, "1 unusable label values:\n  train.csv:4: "));
  }
}

// Label combinations and how many studies of CheXpert's train.csv carry them: chosen so that every
// study-level count that was published comes out.
TEST_CASE("a file with CheXpert's study counts gives the published numbers of used studies") {
  struct Kind {
    const char* labels;  // No Finding, Atelectasis
    int studies;
  };
  const std::vector<Kind> kinds = {
      {",1.0\n", 29333},       {",-1.0\n", 29377},
      {"1.0,0.0\n", 369},      {",0.0\n", 1007 - 369},
      {"1.0,\n", 16627 - 369}, {",\n", 187641 - 29333 - 29377 - 1007 - 16627 + 369}};
  std::string text = "Path,No Finding,Atelectasis\n";
  int patient = 0;
  for (const auto& kind : kinds) {
    for (int i = 0; i < kind.studies; ++i) {
      text += "CheXpert-v1.0/train/patient" + std::to_string(++patient) +
              "/study1/view1_frontal.jpg," + kind.labels;
    }
  }
  test::TempDir folder;
  test::write_text(folder / "train.csv", text);

  data::Problems problems;
  const auto table = data::read_chexpert_csv(folder.path(), "train", {}, problems);
  CHECK(problems.empty());
  CHECK(table.studies.size() == 187641);
  const auto studies = data::labelled_studies(table, {});
  const auto positive =
      std::ranges::count_if(studies, [](const data::Study& study) { return study.label == 1; });
  CHECK(positive == 58710);
  CHECK(static_cast<std::ptrdiff_t>(studies.size()) - positive == 17265);
  CHECK(studies.size() == 75975);
  CHECK(table.studies.size() - studies.size() == 111666);
  const auto overlap = std::ranges::count_if(table.studies, [&](const data::StudyRows& study) {
    return study.labels[table.finding("Atelectasis")] != data::Mention::blank &&
           study.labels[table.finding("No Finding")] == data::Mention::positive;
  });
  CHECK(overlap == 369);
}
