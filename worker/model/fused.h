// What the operations with gradients of their own share: what they keep from the forward pass to
// the backward pass, and when.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/autograd/custom_function.h>

#include "worker/kernels/norm_relu.h"
#include "worker/model/shared_batch.h"

namespace radsweep::model {

// Collects tensors in the order in which SavedReader hands them out again.
class SavedTensors {
 public:
  SavedTensors& add(const at::Tensor& tensor);
  SavedTensors& add(const kernels::Norm& norm);
  torch::autograd::variable_list take() { return std::move(tensors_); }

 private:
  torch::autograd::variable_list tensors_;
};

class SavedReader {
 public:
  explicit SavedReader(const torch::autograd::variable_list& tensors) : tensors_(tensors) {}
  at::Tensor tensor() { return tensors_.at(next_++); }
  kernels::Norm norm();
  bool at_end() const { return next_ == tensors_.size(); }

 private:
  const torch::autograd::variable_list& tensors_;
  std::size_t next_ = 0;
};

// Whether a backward pass may follow: grad mode is on and one of these takes part in it.
bool wants_gradient(const at::Tensor& input, at::TensorList parameters);

// Of the maps and of the norm's parameters. `maps` holds the gradient that was overwritten, and
// keeps it and the maps alive.
struct NormReluGradient {
  kernels::PendingGradient maps;
  kernels::NormGradient norm;
};

// From the gradient of relu(norm(maps)), which it overwrites. `training`: the norm's mean and
// variance are those of the maps (with a `batch` those of all its ranks), and the gradient flows
// through them too. The norm's own gradient is that of these maps alone.
NormReluGradient norm_relu_gradient(const at::Tensor& gradient, const at::Tensor& maps,
                                    const kernels::Norm& norm, bool training, SharedBatch* batch);

// A borrowed batch from the forward pass to the backward pass; nullptr is kept as such.
void keep(torch::autograd::AutogradContext& context, SharedBatch* batch);
SharedBatch* kept_batch(torch::autograd::AutogradContext& context);

// In a backward pass: throws Error(internal) when it is to be differentiable itself.
void refuse_second_derivative();

}  // namespace radsweep::model
