#include "worker/train/param_groups.h"

#include <ATen/core/Tensor.h>

#undef CHECK
#include <doctest/doctest.h>

#include <map>

#include "worker/model/study_classifier.h"

using namespace radsweep;
using namespace radsweep::train;

namespace {

model::StudyClassifier make(const std::string& name) {
  return model::StudyClassifier(
      model::StudyClassifierOptions{*attempt::find_architecture(name), 512, 0.6});
}

std::vector<long> sizes(const std::vector<TrainedParameter>& parameters, int groups) {
  std::vector<long> numbers(static_cast<std::size_t>(groups));
  for (const TrainedParameter& parameter : parameters) {
    numbers[static_cast<std::size_t>(parameter.group)] += parameter.tensor.numel();
  }
  return numbers;
}

long learning(const std::vector<TrainedParameter>& parameters) {
  long number = 0;
  for (const TrainedParameter& parameter : parameters) {
    if (parameter.tensor.requires_grad()) number += parameter.tensor.numel();
  }
  return number;
}

}  // namespace

// Numbers counted in fastai and torchvision.
TEST_CASE("groups, norms and the frozen phase have fastai's sizes") {
  struct Expected {
    const char* name;
    std::vector<long> two, three;
    long body_norms, frozen;
  };
  const Expected cases[] = {
      {"densenet121", {6953856, 1054208}, {1297536, 5656320, 1054208}, 83648, 1137856},
      {"densenet161", {26472000, 2271360}, {2901696, 23570304, 2271360}, 219936, 2491296}};
  for (const Expected& expected : cases) {
    CAPTURE(expected.name);
    const auto model = make(expected.name);
    CHECK(sizes(group_parameters(*model, 2), 2) == expected.two);
    auto parameters = group_parameters(*model, 3);
    CHECK(sizes(parameters, 3) == expected.three);

    long norms = 0;
    for (const TrainedParameter& parameter : parameters) {
      if (parameter.is_norm && parameter.group < 2) norms += parameter.tensor.numel();
    }
    CHECK(norms == expected.body_norms);

    freeze_body(parameters, /*train_norm=*/true);
    CHECK(learning(parameters) == expected.frozen);
    freeze_body(parameters, /*train_norm=*/false);
    CHECK(learning(parameters) == expected.two[1]);
    unfreeze(parameters);
    CHECK(learning(parameters) == expected.two[0] + expected.two[1]);
  }
}

TEST_CASE("what decays is the convolutions' and linears' weights") {
  const auto model = make("densenet121");
  std::map<std::string, bool> is_norm;
  for (const TrainedParameter& parameter : group_parameters(*model, 2)) {
    is_norm[parameter.name] = parameter.is_norm;
  }
  CHECK_FALSE(is_norm.at("features.conv0.weight"));
  CHECK_FALSE(is_norm.at("head.4.weight"));
  CHECK_FALSE(is_norm.at("head.8.weight"));
  CHECK(is_norm.at("features.norm0.weight"));
  CHECK(is_norm.at("features.norm5.bias"));
  CHECK(is_norm.at("head.2.bias"));
}

TEST_CASE("freezing drops gradients that are left over") {
  const auto model = make("densenet121");
  auto parameters = group_parameters(*model, 2);
  for (auto& parameter : parameters) parameter.tensor.mutable_grad() = parameter.tensor.detach();
  freeze_body(parameters, /*train_norm=*/true);
  for (const auto& parameter : parameters) {
    CHECK(parameter.tensor.grad().defined() == parameter.tensor.requires_grad());
  }
}
