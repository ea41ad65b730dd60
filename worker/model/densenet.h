// The convolutional body: DenseNet (Huang et al. 2017) as torchvision builds it, up to and with
// norm5, without the final ReLU that fastai's cut of the network removes. Children that hold
// weights carry torchvision's names; activations and pools have none and are no children.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>
#include <vector>

#include "worker/attempt/architecture.h"
#include "worker/model/dense_block.h"
#include "worker/model/layers.h"

namespace radsweep::model {

// norm, ReLU, conv (1x1 to half the channels), 2x2 average pool. The last two commute: fused, the
// pool comes first, and the convolution has a quarter of the pixels.
class TransitionImpl : public torch::nn::Module {
 public:
  TransitionImpl(std::int64_t in_channels, Kernels kernels);
  at::Tensor forward(const at::Tensor& input);  // [n, c, h, w] -> [n, c / 2, h / 2, w / 2]

 private:
  BatchNorm norm_;
  Conv conv_;
  Kernels kernels_;
};
TORCH_MODULE(Transition);

// conv0 (7x7, stride 2), norm0, ReLU, 3x3 max pool of stride 2, denseblock1, transition1, ...,
// denseblockN, norm5 (so named for any number of blocks, as in torchvision).
class DenseNetImpl : public torch::nn::Module {
 public:
  DenseNetImpl(const attempt::Architecture& architecture, Kernels kernels);
  // images [n, 3, px, px] -> [n, feature_count, px / 32, px / 32] for four blocks
  at::Tensor forward(const at::Tensor& images);

 private:
  at::Tensor stem(const at::Tensor& images);

  Conv conv0_;
  BatchNorm norm0_;
  std::vector<DenseBlock> blocks_;
  std::vector<Transition> transitions_;
  BatchNorm norm5_{nullptr};
  Kernels kernels_;
};
TORCH_MODULE(DenseNet);

}  // namespace radsweep::model
