#include "worker/model/initialise.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <map>
#include <string>

#include "worker/model/state.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using model::StudyClassifier;

namespace {

StudyClassifier make_model(std::uint64_t seed) {
  StudyClassifier model(
      model::StudyClassifierOptions{.architecture = *attempt::find_architecture("densenet121")});
  model::initialise(model, seed);
  return model;
}

std::map<std::string, at::Tensor> state_of(const StudyClassifier& model) {
  std::map<std::string, at::Tensor> state;
  for (const auto& [name, value] : model::state_of(*model)) state[name] = value.detach();
  return state;
}

bool equal_states(const StudyClassifier& a, const StudyClassifier& b) {
  const auto left = state_of(a), right = state_of(b);
  for (const auto& [name, value] : left) {
    if (!value.equal(right.at(name))) return false;
  }
  return left.size() == right.size();
}

}  // namespace

TEST_CASE("initialise draws weights with the standard deviation of torchvision and fastai") {
  const auto state = state_of(make_model(1));
  const auto std_of = [&](const char* name) { return state.at(name).std().item<double>(); };
  // relative error of a standard deviation from n draws is 1 / sqrt(2 n): 5 of those
  CHECK(std_of("features.conv0.weight") == doctest::Approx(std::sqrt(2.0 / 147)).epsilon(0.04));
  CHECK(std_of("features.denseblock3.denselayer5.conv2.weight") ==
        doctest::Approx(std::sqrt(2.0 / 1152)).epsilon(0.02));
  CHECK(std_of("head.4.weight") == doctest::Approx(0.03125).epsilon(0.004));
  CHECK(std_of("head.8.weight") == doctest::Approx(0.0625).epsilon(0.16));
  CHECK(std::abs(state.at("head.4.weight").mean().item<double>()) < 5 * 0.03125 / 1024);
}

TEST_CASE("initialise starts norms at weight 1 and bias 0, in the head at bias 1e-3") {
  const auto state = state_of(make_model(1));
  const auto all = [&](const char* name, double value) {
    const at::Tensor& tensor = state.at(name);
    return tensor.equal(at::full_like(tensor, value));
  };
  CHECK(all("features.norm5.weight", 1));
  CHECK(all("features.norm5.bias", 0));
  CHECK(all("features.norm5.running_mean", 0));
  CHECK(all("features.norm5.running_var", 1));
  CHECK(all("features.norm5.num_batches_tracked", 0));
  CHECK(all("head.2.weight", 1));
  CHECK(all("head.2.bias", 1e-3));
  CHECK(all("head.6.bias", 1e-3));
}

TEST_CASE("initialise depends on the seed, not on threads or the global generator") {
  const StudyClassifier first = make_model(5);
  const int threads = at::get_num_threads();
  at::set_num_threads(threads == 1 ? 2 : 1);
  const at::Tensor moved = at::rand({3});
  at::manual_seed(77);
  const at::Tensor before = at::rand({3});
  at::manual_seed(77);
  const StudyClassifier second = make_model(5);
  CHECK(before.equal(at::rand({3})));  // the global generator was left alone
  at::set_num_threads(threads);
  CHECK(equal_states(first, second));
  CHECK_FALSE(equal_states(first, make_model(6)));
}

TEST_CASE("initialise resets a trained model completely") {
  StudyClassifier model = make_model(5);
  {
    const at::NoGradGuard no_grad;
    for (const auto& entry : model::state_of(*model)) entry.value.add_(1);
  }
  model::initialise(model, 5);
  CHECK(equal_states(model, make_model(5)));
}
