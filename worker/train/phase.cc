#include "worker/train/phase.h"

#include <cmath>

#include "worker/train/one_cycle.h"

namespace radsweep::train {
namespace {

// fastai's slice(x): the body gets a fixed fraction.
std::vector<double> frozen_rates(const attempt::Recipe& recipe) {
  std::vector<double> rates(static_cast<std::size_t>(recipe.param_groups),
                            recipe.base_lr / recipe.frozen_body_div);
  rates.back() = recipe.base_lr;
  return rates;
}

// fastai's slice(a, b): even factors from the first group to the last, computed in its order of
// operations (the last rate is a * (b / a), which may differ from b in the last bit).
std::vector<double> full_rates(const attempt::Recipe& recipe) {
  const double head = recipe.base_lr / 2;
  const double body = head / recipe.lr_mult;
  const double factor = std::pow(head / body, 1.0 / (recipe.param_groups - 1));
  std::vector<double> rates;
  for (int group = 0; group < recipe.param_groups; ++group) {
    rates.push_back(body * std::pow(factor, group));
  }
  return rates;
}

}  // namespace

std::vector<Phase> phases_of(const attempt::Recipe& recipe) {
  std::vector<Phase> phases;
  if (recipe.frozen_epochs > 0) {
    phases.push_back({"frozen", 0, recipe.frozen_epochs, frozen_rates(recipe), recipe.frozen_div,
                      recipe.frozen_pct_start});
  }
  if (recipe.epochs > 0) {
    phases.push_back({"full", recipe.frozen_epochs, recipe.epochs, full_rates(recipe), recipe.div,
                      recipe.pct_start});
  }
  return phases;
}

int epochs_of(const attempt::Recipe& recipe) {
  return recipe.frozen_epochs + recipe.epochs;
}

Rates rates_at(const attempt::Recipe& recipe, const Phase& phase, int epoch, long batch,
               long batches) {
  const double position = cycle_position(epoch - phase.first_epoch, phase.epochs, batch, batches);
  Rates rates;
  for (const double highest : phase.max_lr) {
    const OneCycle cycle{highest / phase.div, highest, highest / recipe.div_final, phase.pct_start};
    rates.lr.push_back(cycle.at(position));
  }
  const OneCycle momentum{recipe.beta1_high, recipe.beta1_low, recipe.beta1_high, phase.pct_start};
  rates.beta1 = momentum.at(position);
  return rates;
}

}  // namespace radsweep::train
