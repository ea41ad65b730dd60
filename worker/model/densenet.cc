#include "worker/model/densenet.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>

#include <string>

namespace radsweep::model {

DenseLayerImpl::DenseLayerImpl(std::int64_t in_channels, const attempt::Architecture& architecture)
    : norm1_(register_module("norm1", BatchNorm(in_channels))),
      conv1_(register_module(
          "conv1",
          Conv(ConvImpl::Shape{
              .in = in_channels, .out = architecture.bn_size * architecture.growth, .side = 1}))),
      norm2_(register_module("norm2", BatchNorm(architecture.bn_size * architecture.growth))),
      conv2_(register_module("conv2",
                             Conv(ConvImpl::Shape{.in = architecture.bn_size * architecture.growth,
                                                  .out = architecture.growth,
                                                  .side = 3,
                                                  .padding = 1}))) {}

at::Tensor DenseLayerImpl::forward(const at::Tensor& input) {
  const at::Tensor narrow = conv1_->forward(at::relu(norm1_->forward(input)));
  return conv2_->forward(at::relu(norm2_->forward(narrow)));
}

DenseBlockImpl::DenseBlockImpl(std::int64_t in_channels, int layers,
                               const attempt::Architecture& architecture) {
  for (int i = 0; i < layers; ++i) {
    layers_.push_back(register_module("denselayer" + std::to_string(i + 1),
                                      DenseLayer(in_channels, architecture)));
    in_channels += architecture.growth;
  }
}

at::Tensor DenseBlockImpl::forward(const at::Tensor& input) {
  std::vector<at::Tensor> outputs{input};
  at::Tensor joined = input;
  for (DenseLayer& layer : layers_) {
    outputs.push_back(layer->forward(joined));
    joined = at::cat(outputs, 1);
  }
  return joined;
}

TransitionImpl::TransitionImpl(std::int64_t in_channels)
    : norm_(register_module("norm", BatchNorm(in_channels))),
      conv_(register_module(
          "conv", Conv(ConvImpl::Shape{.in = in_channels, .out = in_channels / 2, .side = 1}))) {}

at::Tensor TransitionImpl::forward(const at::Tensor& input) {
  return at::avg_pool2d(conv_->forward(at::relu(norm_->forward(input))), 2, 2);
}

DenseNetImpl::DenseNetImpl(const attempt::Architecture& architecture)
    : conv0_(register_module(
          "conv0",
          Conv(ConvImpl::Shape{
              .in = 3, .out = architecture.init_features, .side = 7, .stride = 2, .padding = 3}))),
      norm0_(register_module("norm0", BatchNorm(architecture.init_features))) {
  std::int64_t channels = architecture.init_features;
  for (std::size_t i = 0; i < architecture.blocks.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const int layers = architecture.blocks[i];
    blocks_.push_back(
        register_module("denseblock" + number, DenseBlock(channels, layers, architecture)));
    channels += static_cast<std::int64_t>(layers) * architecture.growth;
    if (i + 1 == architecture.blocks.size()) break;
    transitions_.push_back(register_module("transition" + number, Transition(channels)));
    channels /= 2;
  }
  norm5_ = register_module("norm5", BatchNorm(channels));
}

at::Tensor DenseNetImpl::forward(const at::Tensor& images) {
  at::Tensor x = at::relu(norm0_->forward(conv0_->forward(images)));
  x = at::max_pool2d(x, /*kernel_size=*/3, /*stride=*/2, /*padding=*/1);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    x = blocks_[i]->forward(x);
    if (i < transitions_.size()) x = transitions_[i]->forward(x);
  }
  return norm5_->forward(x);
}

}  // namespace radsweep::model
