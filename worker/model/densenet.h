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
#include "worker/model/layers.h"

namespace radsweep::model {

// norm1, ReLU, conv1 (1x1 to bn_size * growth), norm2, ReLU, conv2 (3x3 to growth).
class DenseLayerImpl : public torch::nn::Module {
 public:
  DenseLayerImpl(std::int64_t in_channels, const attempt::Architecture& architecture);
  at::Tensor forward(const at::Tensor& input);  // [n, in, h, w] -> [n, growth, h, w]

 private:
  BatchNorm norm1_;
  Conv conv1_;
  BatchNorm norm2_;
  Conv conv2_;
};
TORCH_MODULE(DenseLayer);

// denselayer1, denselayer2, ...: each sees the block's input and all earlier layers' outputs,
// concatenated in this order; the block returns all of them.
class DenseBlockImpl : public torch::nn::Module {
 public:
  DenseBlockImpl(std::int64_t in_channels, int layers, const attempt::Architecture& architecture);
  at::Tensor forward(const at::Tensor& input);  // [n, c, h, w] -> [n, c + layers * growth, h, w]

 private:
  std::vector<DenseLayer> layers_;
};
TORCH_MODULE(DenseBlock);

// norm, ReLU, conv (1x1 to half the channels), 2x2 average pool.
class TransitionImpl : public torch::nn::Module {
 public:
  explicit TransitionImpl(std::int64_t in_channels);
  at::Tensor forward(const at::Tensor& input);  // [n, c, h, w] -> [n, c / 2, h / 2, w / 2]

 private:
  BatchNorm norm_;
  Conv conv_;
};
TORCH_MODULE(Transition);

// conv0 (7x7, stride 2), norm0, ReLU, 3x3 max pool of stride 2, denseblock1, transition1, ...,
// denseblockN, norm5 (so named for any number of blocks, as in torchvision).
class DenseNetImpl : public torch::nn::Module {
 public:
  explicit DenseNetImpl(const attempt::Architecture& architecture);
  // images [n, 3, px, px] -> [n, feature_count, px / 32, px / 32] for four blocks
  at::Tensor forward(const at::Tensor& images);

 private:
  Conv conv0_;
  BatchNorm norm0_;
  std::vector<DenseBlock> blocks_;
  std::vector<Transition> transitions_;
  BatchNorm norm5_{nullptr};
};
TORCH_MODULE(DenseNet);

}  // namespace radsweep::model
