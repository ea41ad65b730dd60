#include "worker/data/synth.h"

#include <doctest/doctest.h>

#include <map>

#include "base/durable_file.h"
#include "base/error.h"
#include "tests/support/temp_dir.h"
#include "tests/worker/data/small_data_set.h"
#include "worker/data/data_check.h"
#include "worker/data/synth_study.h"

using namespace radsweep;
using data::SynthOptions;
using data::write_synth;
namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> files_below(const fs::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), root).string()] = read_file(entry.path());
    }
  }
  return files;
}

}  // namespace

TEST_CASE("write_synth writes a data set of CheXpert's shape without a single problem") {
  test::TempDir folder;
  write_synth(folder / "set", {.studies = 60, .valid = 20, .size_px = 16, .seed = 3});
  data::Problems problems;
  const auto report =
      data::check_data(folder / "set", {}, data::ImageCheckDepth::decode, 1, problems, {});
  CHECK(problems.listing(data::kListAll) == "");
  CHECK(report.train.studies == 60);
  CHECK(report.train.findings.size() == 14);
  CHECK(report.train.rows > 60);
  CHECK(report.train.patients < 60);
  CHECK(report.train.positive > 20);
  CHECK(report.train.negative > 10);
  CHECK(report.valid.studies == 20);
  CHECK(report.valid.dropped == 0);
  CHECK(fs::exists(folder / "set/synth.json"));
}

TEST_CASE("write_synth gives the same bytes for the same options and others for another seed") {
  test::TempDir folder;
  const SynthOptions options{.studies = 6, .valid = 2, .size_px = 16, .seed = 3};
  write_synth(folder / "a", options);
  write_synth(folder / "b/", options);
  const auto a = files_below(folder / "a");
  CHECK(a == files_below(folder / "b"));
  auto other = options;
  other.seed = 4;
  write_synth(folder / "c", other);
  CHECK(a != files_below(folder / "c"));
}

TEST_CASE("write_synth leaves its own folder alone and refuses any other") {
  test::TempDir folder;
  SynthOptions options{.studies = 3, .valid = 1, .size_px = 16, .seed = 3};
  fs::create_directories(folder / "set");  // empty: no one's
  write_synth(folder / "set", options);
  test::write_text(folder / "set/note.txt", "mine");
  write_synth(folder / "set", options);
  CHECK(fs::exists(folder / "set/note.txt"));
  fs::remove(folder / "set/train.csv");
  CHECK_THROWS_WITH_AS(write_synth(folder / "set", options),
                       doctest::Contains("train.csv or valid.csv is missing"), Error);
  CHECK(fs::exists(folder / "set/note.txt"));
  test::write_text(folder / "set/train.csv", "Path\n");

  options.studies = 4;
  CHECK_THROWS_WITH_AS(write_synth(folder / "set", options), doctest::Contains("other parameters"),
                       Error);
  test::write_text(folder / "mine/thesis.txt", "precious");
  CHECK_THROWS_WITH_AS(write_synth(folder / "mine", options), doctest::Contains("something else"),
                       Error);
  CHECK(files_below(folder / "mine").size() == 1);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 2);  // nothing half-made
}

TEST_CASE("generated training studies carry uncertain, blank and dropped labels and 1 to 3 views") {
  data::SynthRandom random({1});
  std::map<std::size_t, int> views;
  std::map<data::Mention, int> targets;
  int usable = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto study = data::draw_train_study(random);
    ++views[study.lateral.size()];
    const auto target = study.labels[8];
    ++targets[target];
    if (data::label_of({}, target, std::vector{study.labels[0]})) ++usable;
  }
  CHECK(usable == doctest::Approx(1900).epsilon(0.02));
  for (const auto mention : {data::Mention::blank, data::Mention::negative,
                             data::Mention::uncertain, data::Mention::positive}) {
    CHECK(targets[mention] > 50);
  }
  CHECK(views.size() == 3);
  CHECK(views[1] > 1400);
  CHECK(views[3] > 20);
}
