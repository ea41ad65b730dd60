// The classifier on top of the body: fastai's create_head(nf, 1, ps=dropout) with its defaults.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

#include "worker/model/dropout.h"
#include "worker/model/layers.h"

namespace radsweep::model {

struct HeadOptions {
  std::int64_t features = 0;  // channels of the body's last feature map
  std::int64_t hidden_features = 512;
  double dropout = 0.6;
};

// Children are named by their index in fastai's Sequential, the others of which hold no weights:
//   0 max and average pool over the whole map, concatenated in this order; 1 flatten
//   2 BatchNorm(2 * features), 3 dropout(p / 2), 4 Linear(2 * features -> hidden), 5 ReLU
//   6 BatchNorm(hidden), 7 dropout(p), 8 Linear(hidden -> 1)
class HeadImpl : public torch::nn::Module {
 public:
  static constexpr double kInitialNormBias = 1e-3;  // fastai's BatchNorm layers start so

  explicit HeadImpl(HeadOptions options);

  // [n, features, h, w] -> [n, 2 * features]
  static at::Tensor pool(const at::Tensor& feature_map);
  // For forward: those of its two dropouts.
  static DropoutWords dropout_words(const DropoutKey& key);
  // feature_map [n, features, h, w] -> logits [n]; `words` matter in training mode only. Of a bf16
  // feature map the linear layers multiply bf16; norms, dropout and the logits are float32.
  at::Tensor forward(const at::Tensor& feature_map, const DropoutWords& words);

 private:
  HeadOptions options_;
  BatchNorm pooled_norm_;
  Linear hidden_;
  BatchNorm hidden_norm_;
  Linear logit_;
};
TORCH_MODULE(Head);

}  // namespace radsweep::model
