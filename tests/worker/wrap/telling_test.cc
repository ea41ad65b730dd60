#include "worker/wrap/telling.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/temp_dir.h"
#include "worker/attempt/beat.h"

using namespace radsweep;
using namespace radsweep::wrap;

namespace {

attempt::Spec spec_after(const std::vector<std::string>& older) {
  attempt::Spec spec;
  spec.resume_from = older;
  return spec;
}

}  // namespace

TEST_CASE("an attempt goes on from what the older ones told, and its time counts theirs") {
  test::TempDir dir;
  std::filesystem::create_directories(dir / "1");
  std::filesystem::create_directories(dir / "2");
  {
    Telling first(dir / "1", spec_after({}));
    first.take_line(R"({"epoch": 0, "loss": 0.5})");
    first.take_line(R"({"epoch": 1, "loss": 0.4})");
    first.finish();
  }
  attempt::Beat beat = attempt::read_beat(dir / "1").value();
  CHECK(beat.step == 2);
  beat.train_seconds = 100;
  attempt::write_beat(dir / "1", beat);

  Telling second(dir / "2", spec_after({"../1"}));
  second.take_line(R"({"epoch": 2, "loss": 0.3})");
  second.finish();
  CHECK(second.history().epochs().size() == 3);
  CHECK(second.history().steps() == 3);
  CHECK(second.train_seconds() >= 100);
  CHECK(attempt::read_beat(dir / "2")->train_seconds >= 100);
}

TEST_CASE("what is no report is noted among the events and ends nothing") {
  test::TempDir dir;
  Telling telling(dir.path(), spec_after({}));
  telling.take_line("loss 0.3");
  telling.take_line(R"({"loss": 0.3})");
  telling.take_line(R"({"loss": NaN})");
  telling.finish();
  std::string kinds;
  for (const auto& event : attempt::read_events(dir.path(), 0).events) {
    kinds += event.at("kind").get<std::string>() + " ";
  }
  CHECK(kinds == "started note metrics ");
  CHECK(telling.not_a_number() == "'loss' is not a finite number in epoch 0");
}
