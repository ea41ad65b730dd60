#include "worker/model/densenet.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include <string>

#include "worker/model/fused_pool.h"

namespace radsweep::model {

TransitionImpl::TransitionImpl(std::int64_t in_channels, Kernels kernels)
    : norm_(register_module("norm", BatchNorm(in_channels))),
      conv_(register_module(
          "conv", Conv(ConvImpl::Shape{.in = in_channels, .out = in_channels / 2, .side = 1}))),
      kernels_(kernels) {}

at::Tensor TransitionImpl::forward(const at::Tensor& input) {
  if (kernels_ == Kernels::fused) {
    return conv_->forward(norm_relu_pool(input, norm_, Pool::average_2x2));
  }
  return at::avg_pool2d(conv_->forward(at::relu(norm_->forward(input))), 2, 2);
}

DenseNetImpl::DenseNetImpl(const attempt::Architecture& architecture, Kernels kernels)
    : conv0_(register_module(
          "conv0",
          Conv(ConvImpl::Shape{
              .in = 3, .out = architecture.init_features, .side = 7, .stride = 2, .padding = 3}))),
      norm0_(register_module("norm0", BatchNorm(architecture.init_features))),
      kernels_(kernels) {
  std::int64_t channels = architecture.init_features;
  for (std::size_t i = 0; i < architecture.blocks.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const int layers = architecture.blocks[i];
    blocks_.push_back(register_module("denseblock" + number,
                                      DenseBlock(channels, layers, architecture, kernels)));
    channels += static_cast<std::int64_t>(layers) * architecture.growth;
    if (i + 1 == architecture.blocks.size()) break;
    transitions_.push_back(register_module("transition" + number, Transition(channels, kernels)));
    channels /= 2;
  }
  norm5_ = register_module("norm5", BatchNorm(channels));
}

at::Tensor DenseNetImpl::stem(const at::Tensor& images) {
  const at::Tensor x = conv0_->forward(images);
  if (kernels_ == Kernels::fused) return norm_relu_pool(x, norm0_, Pool::max_3x3_padded);
  return at::max_pool2d(at::relu(norm0_->forward(x)), /*kernel_size=*/3, /*stride=*/2,
                        /*padding=*/1);
}

at::Tensor DenseNetImpl::forward(const at::Tensor& images) {
  at::Tensor x = stem(images);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    x = blocks_[i]->forward(x);
    if (i < transitions_.size()) x = transitions_[i]->forward(x);
  }
  return norm5_->forward(x);
}

}  // namespace radsweep::model
