#include "orchestrator/examples/find_examples.h"

#include <doctest/doctest.h>

#include <tuple>

#include "db/query.h"
#include "orchestrator/examples/jpeg_uri.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "tests/support/write_image_cache.h"
#include "worker/attempt/spec.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::Fate;

namespace {

// The best run's studies are valid/patient0 ... 19/study1, of which the odd ones are positive.
const std::vector<std::string> kImages = {
    "train/patient7/study1/view1_frontal.jpg",  "valid/patient0/study1/view1_frontal.jpg",
    "valid/patient1/study1/view1_frontal.jpg",  "valid/patient11/study1/view1_frontal.jpg",
    "valid/patient11/study1/view2_lateral.jpg", "valid/patient3/study1/view1_frontal.jpg"};

std::string pixels(int px) {
  std::string all;
  for (std::size_t row = 0; row < kImages.size(); ++row) {
    all += std::string(static_cast<std::size_t>(px * px), static_cast<char>(40 * row));
  }
  return all;
}

std::string uri_of(std::size_t row, int px) {
  return jpeg_uri(std::string(static_cast<std::size_t>(px * px), static_cast<char>(40 * row)), px);
}

struct Fixture {
  test::SampleSweep sweep{{{160, "densenet121", 1, Fate::done, 0.8},
                           {160, "densenet121", 2, Fate::done, 0.9},
                           {320, "densenet121", 1, Fate::pending, {}}}};
  Store store{sweep.folder().path()};
  std::filesystem::path cache = sweep.folder() / "cache";

  void describe_best_run() {
    attempt::Spec spec;
    spec.data.cache = cache.string();
    spec.data.manifest = std::string(64, 'd');
    const auto folder = store.attempt("160-densenet121-s2", 1);
    create_folders(folder);
    attempt::write_spec(folder, spec);
  }
  void prepare(int px, char manifest = 'd') {
    create_folders(cache);
    data::CacheManifest described;
    described.data_manifest = std::string(64, manifest);
    test::write_image_cache(cache, px, kImages, pixels(px), described);
  }
  report::Examples found() { return find_examples(sweep.database(), store); }
};

}  // namespace

TEST_CASE("examples are the first positive, negative and multi-view study of the best run") {
  Fixture fixture;
  fixture.describe_best_run();
  fixture.prepare(160);
  const report::Examples examples = fixture.found();
  CHECK(examples.absent == "");
  CHECK(examples.run == "160-densenet121-s2");
  CHECK(examples.target == "Atelectasis");
  CHECK(examples.resolution == 160);
  REQUIRE(examples.studies.size() == 3);
  const auto& [positive, negative, several] =
      std::tie(examples.studies[0], examples.studies[1], examples.studies[2]);
  CHECK(positive.study == "valid/patient1/study1");
  CHECK(positive.label == 1);
  CHECK(positive.views == std::vector<std::string>{uri_of(2, 160)});
  CHECK(negative.study == "valid/patient0/study1");
  CHECK(negative.label == 0);
  CHECK(several.study == "valid/patient11/study1");
  CHECK(several.views == std::vector<std::string>{uri_of(3, 160), uri_of(4, 160)});
}

TEST_CASE("an example's probability is what the best run gave") {
  Fixture fixture;
  fixture.describe_best_run();
  fixture.prepare(160);
  const auto rows =
      db::query(fixture.sweep.database(),
                "SELECT probability FROM predictions WHERE study = ?1 AND run_id = ?2",
                {"valid/patient1/study1", "160-densenet121-s2"});
  const report::Examples examples = fixture.found();
  REQUIRE(!examples.studies.empty());
  CHECK(examples.studies.front().probability == std::get<double>(rows.rows.at(0).at(0)));
}

TEST_CASE("views come from the highest resolution of the sweep that is prepared") {
  Fixture fixture;
  fixture.describe_best_run();
  fixture.prepare(160);
  fixture.prepare(640);  // of another sweep
  CHECK(fixture.found().resolution == 160);
  fixture.prepare(320);
  CHECK(fixture.found().resolution == 320);
}

TEST_CASE("without prepared images there is a reason instead of examples") {
  Fixture fixture;
  CHECK(fixture.found().absent.find("spec.json") != std::string::npos);
  fixture.describe_best_run();
  CHECK(fixture.found().absent ==
        "the prepared images are not at hand in " + fixture.cache.string());
  fixture.prepare(160, 'x');
  CHECK(fixture.found().absent.find("other data") != std::string::npos);
  CHECK(fixture.found().studies.empty());
}

TEST_CASE("without a result there are no examples yet") {
  test::SampleSweep sweep({{160, "densenet121", 1, Fate::pending, {}}});
  CHECK(find_examples(sweep.database(), Store(sweep.folder().path())).absent ==
        "no run has a result yet");
}

TEST_CASE("base64 of every length ends as it should") {
  for (const int side : {8, 9, 16, 17}) {
    const std::string uri = jpeg_uri(std::string(static_cast<std::size_t>(side * side), 'x'), side);
    const std::string text = uri.substr(std::string("data:image/jpeg;base64,").size());
    CHECK(text.size() % 4 == 0);
    CHECK(text.starts_with("/9j/"));  // FF D8 FF, how a JPEG begins
    CHECK(text.find('\0') == text.npos);
  }
}
