// The whole network: DenseNet features, fastai's head, one logit per study.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

#include "worker/attempt/architecture.h"
#include "worker/attempt/recipe.h"
#include "worker/model/densenet.h"
#include "worker/model/dropout.h"
#include "worker/model/head.h"

namespace radsweep::model {

// Recipe key `precision`: what maps and the factors of convolutions and linear layers are rounded
// to. Parameters, norms and their statistics, dropout, sums and logits are float32 in both.
enum class Precision { fp32, bf16 };

struct StudyClassifierOptions {
  attempt::Architecture architecture;
  int hidden_features = 512;
  double dropout = 0.6;  // before the last linear; half of it before the first
  Kernels kernels = Kernels::fused;
  Precision precision = Precision::fp32;
};
// What a run's spec says.
StudyClassifierOptions options_of(const attempt::Architecture& architecture,
                                  const attempt::Recipe& recipe);

// Children `features` (torchvision's names below it) and `head` (fastai's indices 2, 4, 6, 8), so
// the state has the names "features.conv0.weight", ..., "head.2.weight", "head.4.weight", ...
// Weights are constants until initialise() or load_weights(). Runs on the device and in the
// memory format of weights and images.
class StudyClassifierImpl : public torch::nn::Module {
 public:
  explicit StudyClassifierImpl(StudyClassifierOptions options);

  // Dropout masks of the next forward passes in training mode. Set it before every step. But for
  // first_row, what it means lies on the weights' device, always in the same place as long as they
  // stay there.
  void set_dropout_key(const DropoutKey& key);

  // Training batches are shared among ranks from now on; see BatchNormImpl::share_batch.
  void share_batch(SharedBatch* batch);

  // images [views, 3, px, px] -> logits per view [views]
  at::Tensor forward_views(const at::Tensor& images);
  // logits per study [studies]: the largest over its views, gradient to the first of those only.
  // study_of_view [views] int64 in 0..studies-1.
  at::Tensor forward(const at::Tensor& images, const at::Tensor& study_of_view,
                     std::int64_t studies);

  const StudyClassifierOptions& options() const { return options_; }
  // Holders share the module with this one.
  DenseNet features() const { return features_; }
  Head head() const { return head_; }

 private:
  StudyClassifierOptions options_;
  DenseNet features_;
  Head head_;
  DropoutWords dropout_words_;
};
TORCH_MODULE(StudyClassifier);

}  // namespace radsweep::model
