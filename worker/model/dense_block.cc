#include "worker/model/dense_block.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/relu.h>

#include <string>

#include "worker/kernels/norm_relu.h"
#include "worker/model/fused_block.h"

namespace radsweep::model {

void prepare(Kernels kind, c10::Device device) {
  if (kind == Kernels::fused) kernels::prepare(device);
}

DenseLayerImpl::DenseLayerImpl(std::int64_t in_channels, const attempt::Architecture& architecture)
    : norm1(register_module("norm1", BatchNorm(in_channels))),
      conv1(register_module(
          "conv1",
          Conv(ConvImpl::Shape{
              .in = in_channels, .out = architecture.bn_size * architecture.growth, .side = 1}))),
      norm2(register_module("norm2", BatchNorm(architecture.bn_size * architecture.growth))),
      conv2(register_module("conv2",
                            Conv(ConvImpl::Shape{.in = architecture.bn_size * architecture.growth,
                                                 .out = architecture.growth,
                                                 .side = 3,
                                                 .padding = 1}))) {}

at::Tensor DenseLayerImpl::forward(const at::Tensor& input) {
  const at::Tensor narrow = conv1->forward(at::relu(norm1->forward(input)));
  return conv2->forward(at::relu(norm2->forward(narrow)));
}

DenseBlockImpl::DenseBlockImpl(std::int64_t in_channels, int layers,
                               const attempt::Architecture& architecture, Kernels kernels)
    : kernels_(kernels) {
  for (int i = 0; i < layers; ++i) {
    layers_.push_back(register_module("denselayer" + std::to_string(i + 1),
                                      DenseLayer(in_channels, architecture)));
    in_channels += architecture.growth;
  }
}

at::Tensor DenseBlockImpl::forward(const at::Tensor& input) {
  if (kernels_ == Kernels::fused) return fused_dense_block(input, layers_);
  std::vector<at::Tensor> outputs{input};
  at::Tensor joined = input;
  for (DenseLayer& layer : layers_) {
    outputs.push_back(layer->forward(joined));
    joined = at::cat(outputs, 1);
  }
  return joined;
}

}  // namespace radsweep::model
