#include "worker/train/adam.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#undef CHECK
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>

using namespace radsweep::train;

namespace {

at::Tensor start() {
  return at::tensor({1.F, -0.5F, 0.25F, 2.F}).requires_grad_(true);
}

at::Tensor gradient(int k) {
  return at::tensor({static_cast<float>(std::sin(1 + k)),
                     static_cast<float>(0.01 * std::cos(2 * k)), static_cast<float>(-0.5 + 0.1 * k),
                     static_cast<float>(k % 2 == 0 ? 1e-4 : -1e-4)});
}

// Nine digits, enough to tell two floats apart.
std::vector<std::string> digits(const at::Tensor& tensor) {
  std::vector<std::string> texts;
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(tensor[i].item<float>()));
    texts.emplace_back(text);
  }
  return texts;
}

}  // namespace

// The numbers of make_fastai.py: fastai 2.1.10 and 2.8.12 alike, float32, weight decay 0.1.
TEST_CASE("Adam gives fastai's parameters and moments to the last digit") {
  using Texts = std::vector<std::string>;
  const Rates rates[] = {
      {{2e-4}, .95}, {{1.2e-3}, .92}, {{5e-3}, .85}, {{2.5e-3}, .88}, {{1e-4}, .95}};
  const Texts with_decay[] = {{"0.999779999", "-0.500189781", "0.250194997", "1.99977815"},
                              {"0.998666286", "-0.500259459", "0.251114517", "1.9997797"},
                              {"0.996076167", "-0.498460889", "0.253905684", "1.99735332"},
                              {"0.995731294", "-0.498638242", "0.255628288", "1.99693036"},
                              {"0.9957425", "-0.498651385", "0.255765766", "1.99689531"}};
  const Texts without_decay[] = {{"0.999800026", "-0.500199795", "0.250200003", "1.99981821"},
                                 {"0.998806298", "-0.500329494", "0.251149535", "2.0000596"},
                                 {"0.996715546", "-0.498781085", "0.254066259", "1.99863315"},
                                 {"0.996619701", "-0.499083042", "0.255852342", "1.99870944"},
                                 {"0.996640861", "-0.499101192", "0.255992383", "1.99869442"}};

  std::vector<TrainedParameter> parameters = {{"conv.weight", start(), 0, false},
                                              {"norm.weight", start(), 0, true}};
  Adam adam(parameters, {});
  for (int k = 0; k < 5; ++k) {
    for (TrainedParameter& parameter : parameters) parameter.tensor.mutable_grad() = gradient(k);
    adam.step(rates[k]);
    CAPTURE(k);
    CHECK(digits(parameters[0].tensor) == with_decay[k]);
    CHECK(digits(parameters[1].tensor) == without_decay[k]);
  }
  CHECK(digits(adam.moments()[0].mean) ==
        Texts{"-0.0373278446", "0.000292479817", "-0.104503006", "3.72396084e-06"});
  CHECK(digits(adam.moments()[0].square) ==
        Texts{"0.0298851356", "2.48125616e-06", "0.00533205876", "4.90099517e-10"});
  CHECK(adam.moments()[0].steps == 5);
}

TEST_CASE("norms decay when the recipe says so") {
  std::vector<TrainedParameter> parameters = {{"norm.weight", start(), 0, true}};
  Adam adam(parameters, {.decay_norms = true});
  parameters[0].tensor.mutable_grad() = gradient(0);
  adam.step({{2e-4}, .95});
  CHECK(digits(parameters[0].tensor)[0] == "0.999779999");
}

TEST_CASE("a parameter without a gradient neither moves nor decays nor counts a step") {
  std::vector<TrainedParameter> parameters = {{"a", start(), 0, false}, {"b", start(), 1, false}};
  Adam adam(parameters, {});
  parameters[1].tensor.mutable_grad() = gradient(0);
  adam.step({{1.0, 1.0}, .95});
  CHECK(at::equal(parameters[0].tensor, start()));
  CHECK(adam.moments()[0].steps == 0);
  CHECK_FALSE(adam.moments()[0].mean.defined());
  CHECK_FALSE(at::equal(parameters[1].tensor, start()));
  CHECK(adam.moments()[1].steps == 1);
}

TEST_CASE("every group moves by its own rate") {
  std::vector<TrainedParameter> parameters = {{"a", start(), 0, true}, {"b", start(), 1, true}};
  Adam adam(parameters, {});
  for (TrainedParameter& parameter : parameters) parameter.tensor.mutable_grad() = gradient(0);
  adam.step({{0.0, 2e-4}, .95});
  CHECK(at::equal(parameters[0].tensor, start()));
  CHECK(digits(parameters[1].tensor)[0] == "0.999800026");
}

TEST_CASE("wiped Adam steps as a new one, restored Adam as the old one") {
  std::vector<TrainedParameter> parameters = {{"a", start(), 0, false}};
  Adam adam(parameters, {});
  const auto step = [&](int k) {
    parameters[0].tensor.mutable_grad() = gradient(k);
    adam.step({{1e-3}, .9});
  };
  step(0);
  const at::Tensor after_one = parameters[0].tensor.detach().clone();
  std::vector<Adam::Moments> kept = {
      {adam.moments()[0].mean.clone(), adam.moments()[0].square.clone(), adam.moments()[0].steps}};
  step(1);
  const at::Tensor after_two = parameters[0].tensor.detach().clone();

  parameters[0].tensor.data().copy_(after_one);
  adam.restore(kept);
  step(1);
  CHECK(at::equal(parameters[0].tensor, after_two));

  parameters[0].tensor.data().copy_(after_one);
  adam.wipe();
  CHECK(adam.moments()[0].steps == 0);
  step(1);
  CHECK_FALSE(at::equal(parameters[0].tensor, after_two));
}
