#include "orchestrator/speed/cell_speed.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_bench.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using nlohmann::json;

namespace {

CellSpeed fake_speed() {
  CellSpeed speed;
  take_measurement(json::parse(test::kFakeMeasurement), speed);
  return speed;
}

attempt::Spec some_spec() {
  attempt::Spec spec;
  spec.resolution = 320;
  spec.architecture = *attempt::find_architecture("densenet121");
  return spec;
}

}  // namespace

TEST_CASE("a measurement is told by its median step, with the slowest and the fastest") {
  const CellSpeed speed = fake_speed();
  CHECK(speed.device == "fake");
  CHECK(speed.peak_memory_mb == 2048);
  REQUIRE(speed.full);
  CHECK(speed.full->steps == 3);
  CHECK(speed.full->images_per_second == doctest::Approx(80));
  CHECK(speed.full->slowest == doctest::Approx(50));
  CHECK(speed.full->fastest == doctest::Approx(100));
  CHECK(speed.full->step_ms == doctest::Approx(500));
  CHECK(speed.frozen->images_per_second == doctest::Approx(100));
  CHECK(speed.validation->images_per_second == doctest::Approx(400));
}

TEST_CASE("of an even number of steps the median is between the middle two") {
  CellSpeed speed;
  take_measurement(json::parse(R"({"device": "d", "peak_memory_mb": 1, "phases": [{"phase": "full",
    "steps": [{"images": 10, "seconds": 1}, {"images": 30, "seconds": 1}]}]})"),
                   speed);
  CHECK(speed.full->images_per_second == doctest::Approx(20));
}

TEST_CASE("why a cell could not be measured is kept with its class, and predicts nothing") {
  CellSpeed speed;
  take_measurement(json{{"error_class", "out_of_memory"}, {"error", "2 GiB wanted"}}, speed);
  CHECK(speed.error == "out_of_memory: 2 GiB wanted");
  CHECK_FALSE(predicted_seconds(speed, {}, {100, 100, 10}));
  CHECK_THROWS_AS(take_measurement(json{{"something", "else"}}, speed), json::exception);
}

TEST_CASE("a run takes its epochs' whole batches, frozen and not, and a validation after each") {
  attempt::Recipe recipe;
  recipe.studies_per_batch = 30;
  recipe.frozen_epochs = 1;
  recipe.epochs = 6;
  const Workload work{100, 200, 40};  // 3 batches of 30 studies: 180 images
  const auto seconds = predicted_seconds(fake_speed(), recipe, work);
  REQUIRE(seconds);
  CHECK(*seconds == doctest::Approx(180.0 / 100 + 6 * 180.0 / 80 + 7 * 40.0 / 400));
  recipe.drop_last = false;
  CHECK(*predicted_seconds(fake_speed(), recipe, work) ==
        doctest::Approx(200.0 / 100 + 6 * 200.0 / 80 + 7 * 40.0 / 400));
}

TEST_CASE("a phase that the recipe has and nobody measured leaves the time unknown") {
  CellSpeed speed = fake_speed();
  speed.frozen.reset();
  attempt::Recipe recipe;
  CHECK_FALSE(predicted_seconds(speed, recipe, {100, 100, 10}));
  recipe.frozen_epochs = 0;
  CHECK(predicted_seconds(speed, recipe, {100, 100, 10}));
}

TEST_CASE("runs have one speed unless something differs that costs time") {
  const attempt::Spec spec = some_spec();
  attempt::Spec other = spec;
  other.seed = 9;
  other.recipe.base_lr = 1e-4;
  other.recipe.epochs = 12;
  other.pretrained_sha256 = std::string(64, 'a');
  other.data.manifest = std::string(64, 'b');
  CHECK(speed_key(other) == speed_key(spec));
  SUBCASE("resolution") {
    other.resolution = 480;
  }
  SUBCASE("architecture") {
    other.architecture.growth = 16;
  }
  SUBCASE("batch") {
    other.recipe.studies_per_batch = 15;
  }
  SUBCASE("kernels") {
    other.recipe.kernels = "reference";
  }
  SUBCASE("CUDA graphs") {
    other.cuda_graphs = true;
  }
  SUBCASE("what is trained while frozen") {
    other.recipe.train_norm_while_frozen = false;
  }
  CHECK(speed_key(other) != speed_key(spec));
}
