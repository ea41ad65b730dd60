#include "worker/train/adam.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <utility>

#include "base/error.h"
#include "worker/kernels/adam.h"

namespace radsweep::train {
namespace {

// 1 - beta^steps, in fastai's order of operations, which decides the last bit.
double bias_correction(double beta, long steps) {
  return (1 - beta) * (1 - std::pow(beta, static_cast<double>(steps))) / (1 - beta);
}

}  // namespace

Adam::Adam(std::vector<TrainedParameter> parameters, AdamOptions options)
    : parameters_(std::move(parameters)), options_(options), moments_(parameters_.size()) {}

void Adam::step(const Rates& rates) {
  const at::NoGradGuard no_grad;
  std::vector<kernels::AdamMove> moves;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const TrainedParameter& parameter = parameters_[i];
    const at::Tensor& gradient = parameter.tensor.grad();
    if (!gradient.defined()) continue;
    Moments& moments = moments_[i];
    if (!moments.mean.defined()) {
      moments.mean = at::zeros_like(parameter.tensor);
      moments.square = at::zeros_like(parameter.tensor);
    }
    ++moments.steps;
    const double lr = rates.lr[static_cast<std::size_t>(parameter.group)];
    const bool decays = options_.decay_norms || !parameter.is_norm;
    moves.push_back({.parameter = parameter.tensor,
                     .gradient = gradient,
                     .mean = moments.mean,
                     .square = moments.square,
                     .decay = decays ? 1 - lr * options_.weight_decay : 1,
                     .square_correction = bias_correction(options_.beta2, moments.steps),
                     .step = -lr / bias_correction(rates.beta1, moments.steps)});
  }
  kernels::adam_step(moves, {rates.beta1, options_.beta2, options_.eps});
}

void Adam::zero_grad() {
  for (TrainedParameter& parameter : parameters_) parameter.tensor.mutable_grad().reset();
}

void Adam::wipe() {
  moments_.assign(parameters_.size(), {});
}

void Adam::restore(std::vector<Moments> moments) {
  ensure(moments.size() == parameters_.size(), "Adam: one entry of moments per parameter");
  moments_ = std::move(moments);
}

}  // namespace radsweep::train
