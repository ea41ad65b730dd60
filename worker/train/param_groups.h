// Which parameter learns at which rate, which decays, and which is trained while the body is
// frozen: fastai's splitter, freeze() and wd_bn_bias.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "worker/attempt/recipe.h"

namespace torch::nn {
class Module;
}

namespace radsweep::train {

struct TrainedParameter {
  std::string name;   // as in the state dict: "features.norm0.weight"
  at::Tensor tensor;  // shares the model's storage
  int group = 0;      // 0 body ... last: head
  bool is_norm = false;
};

// All parameters of a StudyClassifier, in the model's order. With two groups the body is one; with
// three it is split as fastai does for DenseNets: stem to second dense block, the rest, head.
std::vector<TrainedParameter> group_parameters(const torch::nn::Module& model, int groups);

// Of the body only the norms go on learning (none when `train_norm` is false); the head always
// does. Parameters that do not learn get no gradient.
void freeze_body(std::vector<TrainedParameter>& parameters, bool train_norm);
void unfreeze(std::vector<TrainedParameter>& parameters);

}  // namespace radsweep::train
