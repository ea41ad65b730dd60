#include "worker/model/head.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/max.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/where.h>

#include <array>
#include <tuple>

namespace radsweep::model {
namespace {

constexpr std::array<std::uint64_t, 2> kDropouts{3, 7};  // by their index

// Over the last dimension, with the gradient to the first largest. As a sum of one value: the
// backward passes of max and of adaptive_max_pool2d are a scatter, which on a GPU has no fixed
// order or, where LibTorch makes it deterministic, may wait for the GPU.
at::Tensor largest(const at::Tensor& values) {
  const at::Tensor index = std::get<1>(at::max(values.detach(), -1, /*keepdim=*/true));
  const at::Tensor places = at::arange(values.size(-1), index.options());
  return at::where(places.eq(index), values, 0).sum(-1);
}

}  // namespace

HeadImpl::HeadImpl(HeadOptions options)
    : options_(options),
      pooled_norm_(register_module("2", BatchNorm(2 * options.features, kInitialNormBias))),
      hidden_(register_module("4", Linear(2 * options.features, options.hidden_features))),
      hidden_norm_(register_module("6", BatchNorm(options.hidden_features, kInitialNormBias))),
      logit_(register_module("8", Linear(options.hidden_features, 1))) {}

at::Tensor HeadImpl::pool(const at::Tensor& feature_map) {
  const at::Tensor flat = feature_map.flatten(2);
  return at::cat({largest(flat), flat.mean(2)}, 1);
}

DropoutWords HeadImpl::dropout_words(const DropoutKey& key) {
  return model::dropout_words(key, kDropouts);
}

at::Tensor HeadImpl::forward(const at::Tensor& feature_map, const DropoutWords& words) {
  const auto dropout = [&](const at::Tensor& x, double p, std::int64_t which) {
    return is_training() ? keyed_dropout(x, p, words, which) : x;
  };
  // only what the linear maps multiply is of the feature map's type
  const auto factor = [&](const at::Tensor& x) { return x.to(feature_map.scalar_type()); };
  at::Tensor x = pooled_norm_->forward(pool(feature_map.to(logit_->weight.scalar_type())));
  x = at::relu(hidden_->forward(factor(dropout(x, options_.dropout / 2, 0))));
  x = hidden_norm_->forward(x);
  return logit_->forward(factor(dropout(x, options_.dropout, 1))).squeeze(1);
}

}  // namespace radsweep::model
