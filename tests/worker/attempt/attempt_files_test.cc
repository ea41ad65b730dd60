#include "worker/attempt/attempt_files.h"

#include <doctest/doctest.h>

#include <fstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/support/temp_dir.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/result.h"
#include "worker/attempt/spec.h"

using namespace radsweep;
using namespace radsweep::attempt;

namespace {

Spec some_spec() {
  Spec spec;
  spec.sweep = "demo";
  spec.run = "32-small-s1";
  spec.identity = std::string(64, 'a');
  spec.attempt = 2;
  spec.resolution = 32;
  spec.architecture = {"small", 8, {2, 2, 2}, 16};
  spec.seed = 0xffff'ffff'ffff'fff0;
  spec.recipe.lr_mult = 1;
  spec.data = {"/data", "/cache", {}, std::string(64, 'b')};
  spec.slot = {"", 1, {0}, {{"", 2, {1, 2}}}};
  spec.resume_from = {"../1"};
  spec.cuda_graphs = true;
  return spec;
}

}  // namespace

TEST_CASE("a spec is read back as it was written") {
  test::TempDir dir;
  write_spec(dir.path(), some_spec());
  CHECK(read_spec(dir.path()) == some_spec());
}

TEST_CASE("a malformed spec is an error that names the file") {
  test::TempDir dir;
  std::ofstream(dir / kSpecFile) << "{\"format\":1}";
  CHECK_THROWS_WITH_AS(read_spec(dir.path()), doctest::Contains("spec.json"), Error);
}

TEST_CASE("a recipe of fp32 has the identity it had before there was another precision") {
  Spec spec;
  spec.resolution = 160;
  spec.architecture = *find_architecture("densenet121");
  spec.seed = 1;
  spec.data.manifest = "manifest";
  CHECK(sha256_hex(canonical_configuration(spec)) ==
        "c41b42212e3205ae073fe0544ebaa392777aaac9aefe86de3da33dfa3575fffa");
  spec.recipe.precision = "bf16";
  CHECK(sha256_hex(canonical_configuration(spec)) !=
        "c41b42212e3205ae073fe0544ebaa392777aaac9aefe86de3da33dfa3575fffa");
}

TEST_CASE("a run's identity depends on what decides its numbers and on nothing else") {
  const std::string base = canonical_configuration(some_spec());
  Spec other = some_spec();
  other.attempt = 7;
  other.run = "renamed";
  other.architecture.name = "renamed";
  other.data.root = "/moved";
  other.slot.threads = 4;
  CHECK(canonical_configuration(other) == base);
  other = some_spec();
  other.seed = 2;
  CHECK(canonical_configuration(other) != base);
  other = some_spec();
  other.recipe.eps = 1e-8;
  CHECK(canonical_configuration(other) != base);
  other = some_spec();
  other.architecture.blocks = {2, 2, 3};
  CHECK(canonical_configuration(other) != base);
}

TEST_CASE("data_manifest changes with either CSV file and with the label policy") {
  test::TempDir dir;
  std::ofstream(dir / "train.csv") << "a";
  std::ofstream(dir / "valid.csv") << "b";
  const std::string base = data_manifest(dir.path(), {});
  LabelPolicy zeros;
  zeros.uncertain = "negative";
  CHECK(data_manifest(dir.path(), zeros) != base);
  std::ofstream(dir / "valid.csv") << "c";
  CHECK(data_manifest(dir.path(), {}) != base);
}

TEST_CASE("a result is read back as it was sealed, and a flipped bit is noticed") {
  test::TempDir dir;
  CHECK_FALSE(read_result(dir.path()));
  Result result;
  result.run = "r";
  result.attempt = 1;
  result.epochs.resize(2);
  result.epochs[1].valid_auc = 0.75;
  result.predictions = {{"valid/patient1/study1", 1, 0.25, 0.5}};
  result.best_epoch = 1;
  SUBCASE("which does not tell its data set, as older versions") {}
  SUBCASE("which does") {
    result.data_set = "CheXpert-v1.0-small";
    result.upsampled_images = 3;
  }
  write_result(dir.path(), result);
  CHECK(read_result(dir.path()) == result);

  std::string text = read_file(dir / kResultFile);
  text[text.find("0.75") + 2] = '8';
  replace_file(dir / kResultFile, text);
  CHECK_THROWS_WITH_AS(read_result(dir.path()), doctest::Contains("checksum"), Error);
}

TEST_CASE("files of a million brackets are refused before the stack is exhausted") {
  test::TempDir dir;
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  replace_file(dir / kResultFile, R"({"format":1,"sha256":"","result":)" + deep + "}");
  CHECK_THROWS_WITH_AS(read_result(dir.path()), doctest::Contains("nests deeper"), Error);
  replace_file(dir / kSpecFile, R"({"format":)" + deep + "}");
  CHECK_THROWS_WITH_AS(read_spec(dir.path()), doctest::Contains("nests deeper"), Error);
  replace_file(dir / kBeatFile, R"({"step":)" + deep + "}");
  CHECK_FALSE(read_beat(dir.path()));
}

TEST_CASE("a beat is read back, and a half-written one is no beat") {
  test::TempDir dir;
  CHECK_FALSE(read_beat(dir.path()));
  const Beat beat{5, 10, 1, 2, "full", 0.5, 12.5, 100, 1234567890123, 7};
  write_beat(dir.path(), beat);
  CHECK(read_beat(dir.path()) == beat);
  std::ofstream(dir / kBeatFile) << "{\"step\":";
  CHECK_FALSE(read_beat(dir.path()));
}
