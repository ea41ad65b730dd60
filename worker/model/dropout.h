// Dropout without a random state: which value is dropped is a function of a key and its place.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace radsweep::model {

// Which random numbers a training step uses. A resumed run sets the same key again and so draws
// the same masks; ranks that share a batch differ in `first_row` only and draw what one would.
struct DropoutKey {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;      // of the whole run
  std::int64_t first_row = 0;  // position of this rank's first view in the joined batch
};

// input [rows, columns] with each value zeroed with probability `p` in [0, 1) and the others
// divided by 1 - p. `layer` tells the dropouts of one network apart. The mask is made by integer
// operations on the input's device: the same on CPU and GPU and in every version of LibTorch.
at::Tensor keyed_dropout(const at::Tensor& input, double p, const DropoutKey& key,
                         std::uint64_t layer);

}  // namespace radsweep::model
