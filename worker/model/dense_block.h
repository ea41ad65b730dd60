// A dense block, whose layers each see the block's input and all earlier layers' outputs.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <vector>

#include "worker/attempt/architecture.h"
#include "worker/model/layers.h"

namespace radsweep::model {

// How the body computes (recipe key `kernels`). Both have the same parameters, the same mathematics
// and, but for the order of additions, the same numbers.
enum class Kernels {
  reference,  // one operator after the other, as torchvision does: on the CPU its and fastai's bits
  fused       // fused_block.h and its like: less memory, fewer passes over it
};

// Before a model is used on `device`: compiles for a GPU what the kernels need there, so that what
// is missing is told before a training begins. Throws as kernels::prepare does.
void prepare(Kernels kind, c10::Device device);

// norm1, ReLU, conv1 (1x1 to bn_size * growth channels), norm2, ReLU, conv2 (3x3 to growth).
class DenseLayerImpl : public torch::nn::Module {
 public:
  DenseLayerImpl(std::int64_t in_channels, const attempt::Architecture& architecture);
  at::Tensor forward(const at::Tensor& input);  // [n, in, h, w] -> [n, growth, h, w]

  // Holders share the module with this one.
  BatchNorm norm1;
  Conv conv1;
  BatchNorm norm2;
  Conv conv2;
};
TORCH_MODULE(DenseLayer);

// denselayer1, denselayer2, ...: the block returns its input and all their outputs, concatenated
// in this order.
class DenseBlockImpl : public torch::nn::Module {
 public:
  DenseBlockImpl(std::int64_t in_channels, int layers, const attempt::Architecture& architecture,
                 Kernels kernels);
  at::Tensor forward(const at::Tensor& input);  // [n, c, h, w] -> [n, c + layers * growth, h, w]

 private:
  std::vector<DenseLayer> layers_;
  Kernels kernels_;
};
TORCH_MODULE(DenseBlock);

}  // namespace radsweep::model
