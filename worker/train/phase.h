// The two phases of fastai's fine_tune and the rates of every batch in them.
#pragma once

#include <string>
#include <vector>

#include "worker/attempt/recipe.h"

namespace radsweep::train {

// A stretch of epochs with one schedule.
struct Phase {
  std::string name;     // "frozen": of the body only the norms are trained; "full": everything is
  int first_epoch = 0;  // counted over both phases, from 0
  int epochs = 0;       // at least 1
  std::vector<double> max_lr;  // one per parameter group, body first
  double div = 1;              // highest / first rate
  double pct_start = 0.3;      // share of the phase in which the rates rise

  bool frozen() const { return name == "frozen"; }
  int end_epoch() const { return first_epoch + epochs; }
};

// What one training batch is done with.
struct Rates {
  std::vector<double> lr;  // one per parameter group
  double beta1 = 0;
};

// The phases of a recipe in order; one without epochs is left out. In the second phase the base
// rate is half of the first's (fine_tune), spread geometrically from head/lr_mult to head.
std::vector<Phase> phases_of(const attempt::Recipe& recipe);
int epochs_of(const attempt::Recipe& recipe);

// Rates of batch `batch` of `epoch` (counted over both phases, inside `phase`).
Rates rates_at(const attempt::Recipe& recipe, const Phase& phase, int epoch, long batch,
               long batches);

}  // namespace radsweep::train
