// The three layers with weights that the network is made of. They start from constants instead
// of random numbers (initialise.h draws those from a seed), and none has a bias but the norm's.
// All work on the device, floating type and memory format of what they are given; weights of
// float32 also take inputs of bf16 (bf16_layers.h).
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

#include "worker/kernels/norm.h"
#include "worker/model/shared_batch.h"

namespace radsweep::model {

// 2d convolution without bias. Parameter `weight` [out, in, side, side], zeros.
class ConvImpl : public torch::nn::Module {
 public:
  struct Shape {
    std::int64_t in, out, side;
    std::int64_t stride = 1, padding = 0;
  };
  explicit ConvImpl(Shape shape);
  at::Tensor forward(const at::Tensor& input);  // [n, in, h, w] -> [n, out, h', w']

  at::Tensor weight;

 private:
  Shape shape_;
};
TORCH_MODULE(Conv);

// Linear map without bias. Parameter `weight` [out, in], zeros.
class LinearImpl : public torch::nn::Module {
 public:
  LinearImpl(std::int64_t in, std::int64_t out);
  at::Tensor forward(const at::Tensor& input);  // [n, in] -> [n, out]

  at::Tensor weight;
};
TORCH_MODULE(Linear);

// Batch normalisation over all dimensions but the second, of [n, c] and [n, c, h, w] alike; eps
// 1e-5 and momentum 0.1 as in torch and fastai. Parameters and buffers have torch's names and
// order. In training mode it uses the batch's statistics and updates the running ones; throws
// Error(usage) when there is one value per channel, for which no variance exists.
class BatchNormImpl : public torch::nn::Module {
 public:
  static constexpr double kEps = 1e-5, kMomentum = 0.1;

  explicit BatchNormImpl(std::int64_t channels, double initial_bias = 0);
  at::Tensor forward(const at::Tensor& input);

  // For whoever normalises himself. of_batch() is a training pass: it moves the running statistics
  // and throws as forward does; `count` is the number of values per channel.
  kernels::Norm of_batch(const kernels::Moments& moments, std::int64_t count);
  kernels::Norm of_running() const;
  // of_batch() with the maps' own moments in training mode, otherwise of_running().
  kernels::Norm norm_for(const at::Tensor& maps);

  // From now on the training batches are shared among ranks (nullptr: no more), and statistics,
  // `count` and gradients of the input are the whole batch's. The parameters' gradients stay those
  // of this rank's part. Borrowed.
  void share_batch(SharedBatch* batch) { shared_batch_ = batch; }
  SharedBatch* shared_batch() const { return shared_batch_; }

  at::Tensor weight, bias;                                    // [c]
  at::Tensor running_mean, running_var, num_batches_tracked;  // [c], [c], int64 scalar

 private:
  SharedBatch* shared_batch_ = nullptr;
};
TORCH_MODULE(BatchNorm);

}  // namespace radsweep::model
