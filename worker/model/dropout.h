// Dropout without a random state: which value is dropped is a function of a key and its place.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

namespace radsweep::model {

// Which random numbers a training step uses. A resumed run sets the same key again and so draws
// the same masks; ranks that share a batch differ in `first_row` only and draw what one would.
struct DropoutKey {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;      // of the whole run
  std::int64_t first_row = 0;  // position of this rank's first view in the joined batch
};

// What a key means for some dropouts of a network, which `layers` tells apart. As a tensor, so that
// work recorded on a GPU reads the words of the step it is replayed in; of first_row it keeps the
// one it was recorded with.
struct DropoutWords {
  at::Tensor of_layers;  // int64 [layers, 2]: the low and the high 32 bits of each one's hash
  std::int64_t first_row = 0;
};
// On the CPU.
DropoutWords dropout_words(const DropoutKey& key, std::span<const std::uint64_t> layers);

// input [rows, columns] with each value zeroed with probability `p` in [0, 1) and the others
// divided by 1 - p; `layer` is a row of the words, which may be on the input's device or the CPU.
// The mask is made by integer operations on the input's device: the same on CPU and GPU and in
// every version of LibTorch.
at::Tensor keyed_dropout(const at::Tensor& input, double p, const DropoutWords& words,
                         std::int64_t layer);

}  // namespace radsweep::model
