// The one-cycle schedule as fastai walks it: two cosine pieces, up and down.
#pragma once

namespace radsweep::train {

// Where a batch lies in its phase, 0 <= position < 1: epoch / epochs at the start of an epoch, then
// 1 / (batches * epochs) more after every batch. Added up in double, as fastai does, so the last
// bits are fastai's; `epoch` counts from the start of the phase.
double cycle_position(int epoch, int epochs, long batch, long batches);

// A value that goes from `first` over `middle` (at share `pct_start`) to `last`.
struct OneCycle {
  double first = 0;
  double middle = 0;
  double last = 0;
  double pct_start = 0.3;

  // The value for the batch at `position`. The share of a piece is worked out in float32, because
  // fastai keeps the break points in a float32 tensor: a double would move the rate by up to 3e-5
  // of itself.
  double at(double position) const;
};

}  // namespace radsweep::train
