#include "worker/kernels/adam.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>

#include "worker/kernels/cpu/adam.h"

namespace radsweep::kernels {
namespace {

// Column by column as the foreach operators want them: one launch for all on a GPU.
struct Columns {
  void add(const AdamMove& move) {
    parameters.push_back(move.parameter);
    gradients.push_back(move.gradient);
    means.push_back(move.mean);
    squares.push_back(move.square);
    square_corrections.emplace_back(move.square_correction);
    steps.emplace_back(move.step);
    if (move.decay == 1) return;
    decayed.push_back(move.parameter);
    decays.emplace_back(move.decay);
  }

  std::vector<at::Tensor> parameters, gradients, means, squares, decayed;
  std::vector<at::Scalar> square_corrections, steps, decays;
};

void step_together(const Columns& all, const AdamConstants& constants) {
  if (!all.decayed.empty()) at::_foreach_mul_(all.decayed, all.decays);
  at::_foreach_mul_(all.means, constants.beta1);
  at::_foreach_add_(all.means, all.gradients, 1 - constants.beta1);
  at::_foreach_mul_(all.squares, constants.beta2);
  at::_foreach_addcmul_(all.squares, all.gradients, all.gradients, 1 - constants.beta2);
  const std::vector<at::Tensor> divisors = at::_foreach_div(all.squares, all.square_corrections);
  at::_foreach_sqrt_(divisors);
  at::_foreach_add_(divisors, constants.eps);
  at::_foreach_addcdiv_(all.parameters, all.means, divisors, all.steps);
}

}  // namespace

void adam_step(const std::vector<AdamMove>& moves, const AdamConstants& constants) {
  std::vector<AdamMove> here;
  Columns elsewhere;
  for (const AdamMove& move : moves) {
    if (cpu::handles(move)) {
      here.push_back(move);
    } else {
      elsewhere.add(move);
    }
  }
  if (!here.empty()) cpu::adam_step(here, constants);
  if (!elsewhere.parameters.empty()) step_together(elsewhere, constants);
}

}  // namespace radsweep::kernels
