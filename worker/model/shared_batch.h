// A batch that several processes ("ranks") share, each with some of its studies. Where a value
// depends on the whole batch, which is in the norms alone, it is summed over the ranks, so that
// together they compute what one process computes. Every function here takes nullptr for a batch
// that is one process's, and then returns what it was given.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "worker/kernels/norm.h"

namespace radsweep::model {

// One rank's view of it. All ranks make the same calls in the same order, also those that have no
// study of a batch.
class SharedBatch {
 public:
  virtual ~SharedBatch() = default;
  // values = their sum over all ranks, the same bits on each. Contiguous, of floats or doubles.
  virtual void sum(at::Tensor values) = 0;
  // Images of the whole batch.
  virtual std::int64_t views() const = 0;
};

// Of these maps [n, c] or [n, c, h, w], of which a rank has those of its own views, possibly none.
std::int64_t values_per_channel(const SharedBatch* batch, const at::Tensor& maps);
kernels::Moments moments(SharedBatch* batch, const at::Tensor& maps);

// Sums over the batch, from those over a rank's part of it.
kernels::NormGradient whole(SharedBatch* batch, const kernels::NormGradient& part);
kernels::MomentsGradient whole(SharedBatch* batch, const kernels::MomentsGradient& part);

}  // namespace radsweep::model
