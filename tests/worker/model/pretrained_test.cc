#include "worker/model/pretrained.h"

#include <ATen/ATen.h>

#include <functional>
#include <regex>

#include "base/error.h"
#include "tests/support/temp_dir.h"
#include "worker/model/import/densenet_state.h"
#include "worker/model/initialise.h"
#include "worker/model/state.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using model::NamedTensor;
using model::StudyClassifier;

namespace {

StudyClassifier tiny_model(std::uint64_t seed, int growth = 4) {
  StudyClassifier model(model::StudyClassifierOptions{
      .architecture = {.name = "tiny", .growth = growth, .blocks = {2, 2}, .init_features = 8},
      .hidden_features = 16});
  model::initialise(model, seed);
  const at::NoGradGuard no_grad;
  for (auto& [name, value] : model::state_of(*model)) {
    if (name.ends_with("num_batches_tracked")) value.fill_(7);
    if (name.ends_with("running_mean")) value.fill_(0.25);
  }
  return model;
}

std::vector<at::Tensor> values_of(const StudyClassifier& model, const std::string& prefix = "") {
  std::vector<at::Tensor> values;
  for (const auto& [name, value] : model::state_of(*model)) {
    if (name.starts_with(prefix)) values.push_back(value.detach().clone());
  }
  return values;
}

bool equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return x.equal(y); });
}

// The body of `model` as a pretrained file, each name changed by `rename` ("" leaves it out).
void write_body(const StudyClassifier& model, const std::filesystem::path& path,
                const std::function<std::string(const std::string&)>& rename) {
  std::vector<NamedTensor> tensors = {{"classifier.weight", at::ones({1000, 16})},
                                      {"classifier.bias", at::ones({1000})}};
  for (const auto& [name, value] : model::state_of(*model)) {
    const std::string changed = name.starts_with("features.") ? rename(name) : "";
    if (!changed.empty()) tensors.push_back({changed, value});
  }
  model::write_weights_file(path, tensors);
}

}  // namespace

TEST_CASE("save_weights and load_weights give back the whole state and the metadata") {
  const test::TempDir dir;
  const StudyClassifier saved = tiny_model(1);
  model::save_weights(saved, dir / "w", {{"epoch", "4"}});
  StudyClassifier loaded = tiny_model(2);
  CHECK_FALSE(equal(values_of(saved), values_of(loaded)));
  CHECK(model::load_weights(loaded, dir / "w") == model::WeightsMetadata{{"epoch", "4"}});
  CHECK(equal(values_of(saved), values_of(loaded)));
}

TEST_CASE("a pretrained file fills the body and leaves the head") {
  const test::TempDir dir;
  const StudyClassifier source = tiny_model(1);
  write_body(source, dir / "w", [](const std::string& name) { return name; });
  StudyClassifier model = tiny_model(2);
  const auto head = values_of(model, "head.");
  model::load_pretrained_features(model, dir / "w");
  CHECK(equal(values_of(model, "features."), values_of(source, "features.")));
  CHECK(equal(values_of(model, "head."), head));
}

TEST_CASE("a pretrained file of 2017 with dotted names and no batch counters is understood") {
  const test::TempDir dir;
  StudyClassifier source = tiny_model(1);
  write_body(source, dir / "w", [](const std::string& name) {
    if (name.ends_with("num_batches_tracked")) return std::string();
    return std::regex_replace(name, std::regex("(norm|conv)([12])\\."), "$1.$2.");
  });
  {
    const at::NoGradGuard no_grad;
    for (auto& [name, value] : model::state_of(*source)) {
      if (name.ends_with("num_batches_tracked")) value.zero_();
    }
  }
  StudyClassifier model = tiny_model(2);
  model::load_pretrained_features(model, dir / "w");
  CHECK(equal(values_of(model, "features."), values_of(source, "features.")));
}

TEST_CASE("weights that do not fit are refused with every mismatch, and change nothing") {
  const test::TempDir dir;
  write_body(tiny_model(1, 6), dir / "w", [](const std::string& name) {
    if (name == "features.norm0.weight") return std::string();
    return name == "features.norm0.bias" ? std::string("features.norm0.offset") : name;
  });
  StudyClassifier model = tiny_model(2);
  const auto before = values_of(model);
  std::string why;
  try {
    model::load_pretrained_features(model, dir / "w");
  } catch (const Error& error) {
    why = error.what();
  }
  for (const char* part : {"missing: features.norm0.weight", "missing: features.norm0.bias",
                           "unknown: features.norm0.offset",
                           "features.denseblock1.denselayer1.conv1.weight is Float [24, 8, 1, 1], "
                           "not Float [16, 8, 1, 1]",
                           "features.norm5.running_var is Float"}) {
    CAPTURE(part);
    CHECK(why.find(part) != std::string::npos);
  }
  CHECK(equal(values_of(model), before));
}

TEST_CASE("what an import expects of a file is the state of the network's body") {
  const StudyClassifier model = tiny_model(1);
  const auto expected = model::densenet_state(model->options().architecture);
  std::size_t next = 0;
  for (const auto& [name, value] : model::state_of(*model)) {
    if (!name.starts_with("features.")) continue;
    REQUIRE(next < expected.size());
    CHECK(expected[next].name == name);
    CHECK(at::IntArrayRef(expected[next].shape).equals(value.sizes()));
    CHECK((expected[next].type == model::WeightsType::I64) == (value.scalar_type() == at::kLong));
    ++next;
  }
  CHECK(next == expected.size());
}

TEST_CASE("load_weights refuses a file that lacks the head") {
  const test::TempDir dir;
  write_body(tiny_model(1), dir / "w", [](const std::string& name) { return name; });
  StudyClassifier model = tiny_model(2);
  CHECK_THROWS_WITH_AS(model::load_weights(model, dir / "w"),
                       doctest::Contains("missing: head.8.weight"), Error);
}
