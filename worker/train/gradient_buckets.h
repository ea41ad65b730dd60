// Sums of gradients over the ranks, while the backward pass still computes others: as soon as all
// gradients of a bucket are there its sum begins. Buckets go from the last layer to the first, as
// the backward pass does (Li et al. 2020, "PyTorch Distributed", section 3.2).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

#include "worker/train/gradient_sync.h"
#include "worker/train/param_groups.h"

namespace radsweep::train {

class GradientBuckets {
 public:
  static constexpr std::size_t kBytes = std::size_t{4} << 20;  // a bucket is full at this

  // Watches the parameters until it is destroyed; borrows both.
  GradientBuckets(GradientSync& sync, std::vector<TrainedParameter>& parameters,
                  std::size_t bytes = kBytes);
  ~GradientBuckets();
  GradientBuckets(const GradientBuckets&) = delete;
  GradientBuckets& operator=(const GradientBuckets&) = delete;

  // Before every backward pass. Which parameters learn may differ from that before, and must not
  // between ranks.
  void begin();
  // After it: replaces every gradient by its sum over the ranks.
  void finish();

 private:
  struct Bucket {
    std::vector<std::size_t> parameters;
    std::size_t missing = 0;  // of their gradients
    at::Tensor joined;        // all of them as one vector, once its sum began
  };
  class Arrival;

  void arrived(std::size_t parameter);
  void begin_sum(Bucket& bucket);
  template <typename Action>
  void for_each_gradient(const Bucket& bucket, const Action& action);

  GradientSync& sync_;
  std::vector<TrainedParameter>& parameters_;
  std::size_t bytes_;
  std::vector<Bucket> buckets_;         // in the order of their sums
  std::vector<std::size_t> bucket_of_;  // of every parameter
  std::size_t begun_ = 0;               // buckets whose sums began: always the first ones
};

}  // namespace radsweep::train
