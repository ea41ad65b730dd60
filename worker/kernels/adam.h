// One step of Adam for all parameters together: on the CPU floats go through the whole formula a
// cache full at a time, everything else through ATen's operators one after the other. Both give the
// same bits (held to LibTorch 2.13 on x86-64). Not differentiable, and autograd does not notice
// what it writes: call it without grad mode, between a backward pass and the next forward pass.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace radsweep::kernels {

struct AdamConstants {
  double beta1, beta2, eps;
};

// What moves one parameter. The tensors are of one shape, type and device.
struct AdamMove {
  at::Tensor parameter, gradient, mean, square;
  double decay;              // the parameter's factor before the step; 1: it does not decay
  double square_correction;  // of the bias of `square`
  double step;               // negative: down the gradient
};

//   mean = beta1 mean + (1 - beta1) gradient;  square = beta2 square + (1 - beta2) gradient^2
//   parameter = decay parameter + step mean / (sqrt(square / square_correction) + eps)
void adam_step(const std::vector<AdamMove>& moves, const AdamConstants& constants);

}  // namespace radsweep::kernels
