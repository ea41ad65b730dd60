#include "worker/model/study_classifier.h"

#include <ATen/ops/empty_like.h>

#include <utility>

#include "worker/model/study_max.h"

namespace radsweep::model {

StudyClassifierOptions options_of(const attempt::Architecture& architecture,
                                  const attempt::Recipe& recipe) {
  return {architecture, recipe.hidden_features, recipe.dropout,
          recipe.kernels == "reference" ? Kernels::reference : Kernels::fused,
          recipe.precision == "bf16" ? Precision::bf16 : Precision::fp32};
}

StudyClassifierImpl::StudyClassifierImpl(StudyClassifierOptions options)
    : options_(std::move(options)),
      features_(register_module("features", DenseNet(options_.architecture, options_.kernels))),
      head_(register_module(
          "head", Head(HeadOptions{.features = attempt::feature_count(options_.architecture),
                                   .hidden_features = options_.hidden_features,
                                   .dropout = options_.dropout}))),
      dropout_words_(HeadImpl::dropout_words({})) {}

void StudyClassifierImpl::set_dropout_key(const DropoutKey& key) {
  const DropoutWords words = HeadImpl::dropout_words(key);
  const c10::Device device = head_->parameters().front().device();
  at::Tensor& of_layers = dropout_words_.of_layers;
  dropout_words_.first_row = words.first_row;
  if (of_layers.device() != device) of_layers = at::empty_like(words.of_layers, device);
  // pinned: the copy is queued, and nobody waits for it
  of_layers.copy_(device.is_cpu() ? words.of_layers : words.of_layers.pin_memory(),
                  /*non_blocking=*/true);
}

void StudyClassifierImpl::share_batch(SharedBatch* batch) {
  for (const auto& module : modules()) {
    if (auto* norm = module->as<BatchNormImpl>()) norm->share_batch(batch);
  }
}

at::Tensor StudyClassifierImpl::forward_views(const at::Tensor& images) {
  // every layer goes by the type of what it is given
  const bool bf16 = options_.precision == Precision::bf16;
  return head_->forward(features_->forward(bf16 ? images.to(at::kBFloat16) : images),
                        dropout_words_);
}

at::Tensor StudyClassifierImpl::forward(const at::Tensor& images, const at::Tensor& study_of_view,
                                        std::int64_t studies) {
  return study_max(forward_views(images), study_of_view, studies);
}

}  // namespace radsweep::model
