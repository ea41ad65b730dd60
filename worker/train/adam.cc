#include "worker/train/adam.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <utility>

#include "base/error.h"

namespace radsweep::train {
namespace {

// 1 - beta^steps, in fastai's order of operations, which decides the last bit.
double bias_correction(double beta, long steps) {
  return (1 - beta) * (1 - std::pow(beta, static_cast<double>(steps))) / (1 - beta);
}

// The parameters that take part in a step, column by column as the foreach operators want them:
// one launch for all on a GPU, a plain loop over the same operators on the CPU.
struct Columns {
  std::vector<at::Tensor> parameters, gradients, means, squares;
  std::vector<at::Scalar> square_corrections, steps;

  std::vector<at::Tensor> decayed;
  std::vector<at::Scalar> decays;
};

}  // namespace

Adam::Adam(std::vector<TrainedParameter> parameters, AdamOptions options)
    : parameters_(std::move(parameters)), options_(options), moments_(parameters_.size()) {}

void Adam::step(const Rates& rates) {
  const at::NoGradGuard no_grad;
  const double beta1 = rates.beta1;
  const double beta2 = options_.beta2;
  Columns all;
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
    if (options_.weight_decay != 0 && (options_.decay_norms || !parameter.is_norm)) {
      all.decayed.push_back(parameter.tensor);
      all.decays.emplace_back(1 - lr * options_.weight_decay);
    }
    all.parameters.push_back(parameter.tensor);
    all.gradients.push_back(gradient);
    all.means.push_back(moments.mean);
    all.squares.push_back(moments.square);
    all.square_corrections.emplace_back(bias_correction(beta2, moments.steps));
    all.steps.emplace_back(-lr / bias_correction(beta1, moments.steps));
  }
  if (all.parameters.empty()) return;

  if (!all.decayed.empty()) at::_foreach_mul_(all.decayed, all.decays);
  at::_foreach_mul_(all.means, beta1);
  at::_foreach_add_(all.means, all.gradients, 1 - beta1);
  at::_foreach_mul_(all.squares, beta2);
  at::_foreach_addcmul_(all.squares, all.gradients, all.gradients, 1 - beta2);
  std::vector<at::Tensor> divisors = at::_foreach_div(all.squares, all.square_corrections);
  at::_foreach_sqrt_(divisors);
  at::_foreach_add_(divisors, options_.eps);
  at::_foreach_addcdiv_(all.parameters, all.means, divisors, all.steps);
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
