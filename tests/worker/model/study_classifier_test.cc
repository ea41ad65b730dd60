#include "worker/model/study_classifier.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/support/recipe_hash.h"
#include "worker/model/head.h"
#include "worker/model/state.h"
#include "worker/model/study_max.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using model::StudyClassifier;

namespace {

// The numbers of tests/golden/make_densenet.py (float64).
struct Golden {
  const char* name;
  long parameters;
  std::size_t entries;
  std::array<double, 4> eval_logits;
  std::array<double, 4> map_statistics;  // mean, unbiased std, min, max
  std::array<double, 4> pooled;          // image 0: first two, last two
  std::array<double, 4> train_logits;
  std::array<double, 3> study_logits;
  double loss;
  std::map<std::string, double> gradient_norms;
  double whole_gradient_norm;
  std::array<double, 3> norm0_mean, norm0_var, head_var;
};

const Golden kDensenet121{"densenet121",
                          8'008'064,
                          737,
                          {3.995511985, 3.730254099, 3.470587418, 4.206667058},
                          {0.096181496, 3.659056909, -17.854172947, 16.557860901},
                          {10.134089239, 4.914935129, -0.343929815, 0.30801785},
                          {1.084575825, -2.112411982, -0.520255873, 2.319951225},
                          {1.084575825, -0.520255873, 2.319951225},
                          0.283810415,
                          {{"features.conv0.weight", 169.565016},
                           {"features.denseblock1.denselayer1.norm1.weight", 7.768601765},
                           {"features.denseblock3.denselayer5.conv2.weight", 16.662471869},
                           {"features.norm5.bias", 0},
                           {"head.4.weight", 15.031938888},
                           {"head.8.weight", 4.152752857}},
                          376.910135688,
                          {0.043389126, -0.020970144, 0.044165976},
                          {0.772872193, 1.092790473, 1.405739992},
                          {0.744583507, 0.923041964, 1.372038913}};

const Golden kDensenet161{"densenet161",
                          28'743'360,
                          977,
                          {-1.002486322, -0.796393053, -1.126257472, -1.252412871},
                          {0.01300783541, 3.382849425, -17.94077394, 15.10014165},
                          {-2.868892085, -6.908440938, 2.472916537, 1.000679009},
                          {-0.117864293, 0.47640449, -0.865159797, -0.025961761},
                          {0.47640449, -0.865159797, -0.025961761},
                          0.513537629,
                          {{"features.conv0.weight", 236.874999},
                           {"features.denseblock1.denselayer1.norm1.weight", 9.41853226},
                           {"features.denseblock3.denselayer5.conv2.weight", 30.205508109},
                           {"features.norm5.bias", 0},
                           {"head.4.weight", 28.874836876},
                           {"head.8.weight", 5.610487898}},
                          628.598570682,
                          {0.043389126, -0.020970144, 0.044165976},
                          {0.772872193, 1.092790473, 1.405739992},
                          {1.010023909, 0.938433708, 0.812813086}};

// float64 decides whether the computation is the same one: the golden values' printed digits.
// float32 scatters with the order of additions, since the last maps have 16 values a channel: five
// times the largest deviation seen over SIMD levels (ATEN_CPU_CAPABILITY, ONEDNN_MAX_CPU_ISA up to
// AVX2) and one or two threads: 1e-5 evaluating, 1e-4 training, 9e-4 of a gradient norm.
struct Tolerance {
  at::ScalarType type;
  double eval, train;    // absolute
  double gradient;       // of a norm, relative
  double zero_gradient;  // of a norm that is zero, absolute
};
const Tolerance kDouble{at::kDouble, 2e-8, 2e-8, 5e-9, 1e-12};
const Tolerance kFloat{at::kFloat, 5e-5, 5e-4, 5e-3, 5e-6};

// The state as the golden script fills it: from the hash, by place in the state, as float32.
void fill_from_hash(StudyClassifier& model) {
  std::uint32_t stream = 0;
  for (const auto& [name, value] : model::state_of(*model)) {
    std::vector<float> values(static_cast<std::size_t>(value.numel()));
    const double fan_in = value.dim() > 1 ? static_cast<double>(value.numel() / value.size(0)) : 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double u = test::recipe_uniform(static_cast<std::uint32_t>(i), stream);
      const double centred = 2 * u - 1;
      values[i] = static_cast<float>(name.ends_with("num_batches_tracked") ? 0
                                     : value.dim() > 1 ? centred * std::sqrt(6 / fan_in)
                                     : name.ends_with("running_var") ? 0.5 + u
                                     : name.ends_with("weight")      ? 0.8 + 0.4 * u
                                                                     : centred * 0.1);
    }
    const at::NoGradGuard no_grad;
    value.copy_(at::from_blob(values.data(), value.sizes(), at::kFloat));
    ++stream;
  }
}

at::Tensor hash_images() {
  std::vector<float> values(4 * 3 * 64 * 64);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(4 * test::recipe_uniform(i, 777'777) - 2);
  }
  return at::from_blob(values.data(), {4, 3, 64, 64}, at::kFloat).clone();
}

StudyClassifier golden_model(const Golden& golden, model::Kernels kernels) {
  StudyClassifier model(model::StudyClassifierOptions{
      .architecture = *attempt::find_architecture(golden.name), .dropout = 0, .kernels = kernels});
  fill_from_hash(model);
  return model;
}

template <std::size_t n>
void check_near(const at::Tensor& actual, const std::array<double, n>& expected, double tolerance) {
  REQUIRE(actual.numel() == n);
  const at::Tensor values = actual.detach().to(at::kDouble).flatten();
  for (std::size_t i = 0; i < n; ++i) {
    CAPTURE(i);
    CHECK(std::abs(values[static_cast<std::int64_t>(i)].item<double>() - expected[i]) <= tolerance);
  }
}

void check_evaluation(StudyClassifier& model, const at::Tensor& images, const Golden& golden,
                      double tolerance) {
  model->eval();
  const at::NoGradGuard no_grad;
  check_near(model->forward_views(images), golden.eval_logits, tolerance);
  const at::Tensor maps = model->features()->forward(images);
  check_near(at::stack({maps.mean(), maps.std(), maps.min(), maps.max()}), golden.map_statistics,
             tolerance);
  const at::Tensor pooled = model::HeadImpl::pool(maps)[0];
  check_near(at::cat({pooled.narrow(0, 0, 2), pooled.narrow(0, pooled.size(0) - 2, 2)}),
             golden.pooled, tolerance);
}

void check_norm(double norm, double expected, const Tolerance& tolerance) {
  const double allowed = expected == 0 ? tolerance.zero_gradient : tolerance.gradient * expected;
  CAPTURE(expected);
  CHECK(std::abs(norm - expected) <= allowed);
}

void check_training_step(StudyClassifier& model, const at::Tensor& images, const Golden& golden,
                         const Tolerance& tolerance) {
  model->train();
  const at::Tensor views = model->forward_views(images);
  const at::Tensor studies = model::study_max(views, at::tensor({0, 0, 1, 2}, at::kLong), 3);
  const at::Tensor labels = at::tensor({1, 0, 1}, images.options());
  const at::Tensor loss = at::binary_cross_entropy_with_logits(studies, labels);
  loss.backward();
  check_near(views, golden.train_logits, tolerance.train);
  check_near(studies, golden.study_logits, tolerance.train);
  check_near(loss, std::array{golden.loss}, tolerance.train);
  double sum_of_squares = 0;
  const auto parameters = model->named_parameters();
  for (const auto& item : parameters) {
    const double norm = item.value().grad().to(at::kDouble).norm().item<double>();
    sum_of_squares += norm * norm;
    const auto expected = golden.gradient_norms.find(item.key());
    if (expected == golden.gradient_norms.end()) continue;
    CAPTURE(item.key());
    check_norm(norm, expected->second, tolerance);
  }
  check_norm(std::sqrt(sum_of_squares), golden.whole_gradient_norm, tolerance);
}

void check_running_statistics(StudyClassifier& model, const Golden& golden, double tolerance) {
  const auto buffers = model->named_buffers();
  const auto first = [&](const char* name) { return buffers[name].narrow(0, 0, 3); };
  check_near(first("features.norm0.running_mean"), golden.norm0_mean, tolerance);
  check_near(first("features.norm0.running_var"), golden.norm0_var, tolerance);
  check_near(first("head.2.running_var"), golden.head_var, tolerance);
  CHECK(buffers["features.norm5.num_batches_tracked"].item<std::int64_t>() == 1);
}

}  // namespace

namespace {

void check_golden(const Golden& golden, const Tolerance& tolerance, model::Kernels kernels,
                  at::MemoryFormat format) {
  CAPTURE(kernels == model::Kernels::fused);
  CAPTURE(format == at::MemoryFormat::ChannelsLast);
  StudyClassifier model = golden_model(golden, kernels);
  model->to(tolerance.type);
  const at::Tensor images = hash_images().to(tolerance.type).contiguous(format);
  check_evaluation(model, images, golden, tolerance.eval);
  check_training_step(model, images, golden, tolerance);
  check_running_statistics(model, golden, tolerance.train);
}

void check_golden(const Golden& golden, const Tolerance& tolerance) {
  using model::Kernels;
  check_golden(golden, tolerance, Kernels::reference, at::MemoryFormat::Contiguous);
  check_golden(golden, tolerance, Kernels::fused, at::MemoryFormat::Contiguous);
  check_golden(golden, tolerance, Kernels::fused, at::MemoryFormat::ChannelsLast);
}

}  // namespace

TEST_CASE("densenet121 computes what torchvision and fastai compute, in float64") {
  check_golden(kDensenet121, kDouble);
}

TEST_CASE("densenet121 computes what torchvision and fastai compute, in float32") {
  check_golden(kDensenet121, kFloat);
}

TEST_CASE("densenet161 computes what torchvision and fastai compute, in float64") {
  check_golden(kDensenet161, kDouble);
}

TEST_CASE("densenet161 computes what torchvision and fastai compute, in float32") {
  check_golden(kDensenet161, kFloat);
}

TEST_CASE("the state has torchvision's and fastai's entries, in state_dict's order") {
  for (const Golden& golden : {kDensenet121, kDensenet161}) {
    CAPTURE(golden.name);
    StudyClassifier model(
        model::StudyClassifierOptions{.architecture = *attempt::find_architecture(golden.name)});
    std::int64_t parameters = 0;
    for (const at::Tensor& parameter : model->parameters()) parameters += parameter.numel();
    CHECK(parameters == golden.parameters);
    const auto state = model::state_of(*model);
    REQUIRE(state.size() == golden.entries);
    const char* const kFirst[] = {"features.conv0.weight",
                                  "features.norm0.weight",
                                  "features.norm0.bias",
                                  "features.norm0.running_mean",
                                  "features.norm0.running_var",
                                  "features.norm0.num_batches_tracked",
                                  "features.denseblock1.denselayer1.norm1.weight"};
    for (std::size_t i = 0; i < std::size(kFirst); ++i) CHECK(state[i].name == kFirst[i]);
    CHECK(state[11].name == "features.denseblock1.denselayer1.conv1.weight");
    CHECK(state[golden.entries - 12].name == "head.2.weight");
    CHECK(state[golden.entries - 7].name == "head.4.weight");
    CHECK(state[golden.entries - 7].value.size(0) == 512);
    CHECK(state.back().name == "head.8.weight");
  }
}

namespace {

const attempt::Architecture kTiny{
    .name = "tiny", .growth = 4, .blocks = {2, 2}, .init_features = 8};

StudyClassifier tiny_model(double dropout) {
  StudyClassifier model(model::StudyClassifierOptions{
      .architecture = kTiny, .hidden_features = 16, .dropout = dropout});
  fill_from_hash(model);
  return model;
}

}  // namespace

TEST_CASE("channels_last images give the same logits as contiguous ones") {
  StudyClassifier model = tiny_model(0);
  model->eval();
  const at::NoGradGuard no_grad;
  const at::Tensor images = hash_images();
  const at::Tensor logits = model->forward_views(images);
  CHECK(logits.allclose(model->forward_views(images.contiguous(at::MemoryFormat::ChannelsLast)),
                        1e-5, 1e-5));
}

TEST_CASE("a training pass depends on the dropout key and on no global random state") {
  StudyClassifier model = tiny_model(0.6);
  model->train();
  const at::Tensor images = hash_images();
  const auto logits = [&](std::uint64_t seed, std::uint64_t step) {
    at::rand({7});  // moves the global generator
    model->set_dropout_key({.seed = seed, .step = step});
    return model->forward_views(images).detach();
  };
  const at::Tensor first = logits(1, 10);
  CHECK(first.equal(logits(1, 10)));
  CHECK_FALSE(first.equal(logits(1, 11)));
  CHECK_FALSE(first.equal(logits(2, 10)));
}

TEST_CASE("a training batch of one view and one pixel is refused with advice") {
  StudyClassifier model = tiny_model(0);
  model->train();
  CHECK_THROWS_WITH_AS(model->forward_views(hash_images().narrow(0, 0, 1)),
                       doctest::Contains("studies_per_batch"), Error);
}
