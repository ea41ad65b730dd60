#include "worker/train/param_groups.h"

#include <torch/nn/module.h>

#include <string_view>

#include "base/error.h"

namespace radsweep::train {
namespace {

// Children of `features` up to fastai's stock split point, which is the eighth: transition2.
constexpr std::string_view kFirstHalf[] = {"features.conv0.", "features.norm0.",
                                           "features.denseblock1.", "features.transition1.",
                                           "features.denseblock2."};

int group_of(const std::string& name, int groups) {
  if (name.starts_with("head.")) return groups - 1;
  ensure(name.starts_with("features."), "a parameter is neither in features nor in head");
  if (groups == 2) return 0;
  for (const std::string_view prefix : kFirstHalf) {
    if (name.starts_with(prefix)) return 0;
  }
  return 1;
}

}  // namespace

std::vector<TrainedParameter> group_parameters(const torch::nn::Module& model, int groups) {
  std::vector<TrainedParameter> parameters;
  for (const auto& item : model.named_parameters()) {
    // No convolution or linear of this network has a bias: what is a vector belongs to a norm.
    const bool is_norm = item.value().dim() == 1;
    parameters.push_back({item.key(), item.value(), group_of(item.key(), groups), is_norm});
  }
  return parameters;
}

void freeze_body(std::vector<TrainedParameter>& parameters, bool train_norm) {
  const int head = parameters.back().group;
  for (TrainedParameter& parameter : parameters) {
    const bool learns = parameter.group == head || (train_norm && parameter.is_norm);
    parameter.tensor.set_requires_grad(learns);
    if (!learns) parameter.tensor.mutable_grad().reset();
  }
}

void unfreeze(std::vector<TrainedParameter>& parameters) {
  for (TrainedParameter& parameter : parameters) parameter.tensor.set_requires_grad(true);
}

}  // namespace radsweep::train
