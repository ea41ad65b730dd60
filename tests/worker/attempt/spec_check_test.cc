#include "worker/attempt/spec_check.h"

#include <doctest/doctest.h>

#include <functional>
#include <utility>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/support/temp_dir.h"
#include "worker/attempt/attempt_files.h"

using namespace radsweep;
using namespace radsweep::attempt;

namespace {

Spec sound_spec() {
  Spec spec;
  spec.run = "32-small-s1";
  spec.resolution = 32;
  spec.architecture = {"small", 8, {2, 2, 2}, 16, 4};
  spec.identity = sha256_hex(canonical_configuration(spec));
  return spec;
}

// The error of a spec that was changed, its identity along with it.
std::string refusal(const std::function<void(Spec&)>& change) {
  Spec spec = sound_spec();
  change(spec);
  spec.identity = sha256_hex(canonical_configuration(spec));
  try {
    check_spec(spec);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    return error.what();
  }
  return "accepted";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a number that no training can work with is refused by its name") {
  CHECK(refusal([](Spec&) {}) == "accepted");
  CHECK(contains(refusal([](Spec& spec) { spec.attempt = 0; }), "'attempt' is 0"));
  CHECK(contains(refusal([](Spec& spec) { spec.resolution = 0; }), "'resolution' is 0"));
  CHECK(contains(refusal([](Spec& spec) { spec.slot.threads = 0; }), "'threads' is 0"));
  CHECK(contains(refusal([](Spec& spec) { spec.architecture.growth = 0; }), "'growth' is 0"));
  CHECK(contains(refusal([](Spec& spec) { spec.architecture.bn_size = -1; }), "'bn_size' is -1"));
  CHECK(contains(refusal([](Spec& spec) { spec.architecture.init_features = 0; }),
                 "'init_features' is 0"));
  CHECK(contains(refusal([](Spec& spec) { spec.architecture.blocks = {}; }), "blocks' is 0"));
  CHECK(contains(refusal([](Spec& spec) { spec.architecture.blocks = {2, 0}; }), "'blocks' is 0"));
  CHECK(
      contains(refusal([](Spec& spec) { spec.architecture.blocks.assign(9, 1); }), "blocks' is 9"));
  CHECK(contains(refusal([](Spec& spec) { spec.resolution = 12; }), "too small for 3 blocks"));
}

TEST_CASE("CUDA graphs are refused for a run of several processes") {
  CHECK(refusal([](Spec& spec) { spec.cuda_graphs = true; }) == "accepted");
  CHECK(contains(refusal([](Spec& spec) {
                   spec.cuda_graphs = true;
                   spec.slot.others.emplace_back();
                 }),
                 "cuda_graphs are for runs on one GPU"));
}

TEST_CASE("a spec that was edited no longer has its identity and is refused") {
  Spec spec = sound_spec();
  spec.recipe.base_lr = 0.5;
  CHECK_THROWS_WITH_AS(check_spec(spec), doctest::Contains("identity"), Error);
}

TEST_CASE("a spec whose whole numbers are no whole numbers is refused as it is read") {
  for (const auto& [from, to] : {std::pair{"\"resolution\": 32", "\"resolution\": 32.5"},
                                 {"\"growth\": 8", "\"growth\": true"},
                                 {"\"growth\": 8", "\"growth\": 8000000000"},
                                 {"\"seed\": 0", "\"seed\": -1"},
                                 {"\"threads\": 1", "\"threads\": \"1\""}}) {
    CAPTURE(to);
    test::TempDir dir;
    write_spec(dir.path(), sound_spec());
    std::string text = read_file(dir / kSpecFile);
    REQUIRE(contains(text, from));
    text.replace(text.find(from), std::string(from).size(), to);
    replace_file(dir / kSpecFile, text);
    CHECK_THROWS_WITH_AS(read_spec(dir.path()), doctest::Contains("whole number"), Error);
  }
}
