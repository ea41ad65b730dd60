// Adam as fastai does it: decoupled weight decay, the current beta1 in the bias correction,
// epsilon outside the root. Reproduces fastai's numbers bit for bit on the CPU.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "worker/train/param_groups.h"
#include "worker/train/phase.h"

namespace radsweep::train {

struct AdamOptions {
  double beta2 = 0.99;
  double eps = 1e-5;
  double weight_decay = 0.1;
  bool decay_norms = false;
};

// Not thread-safe; one training thread.
class Adam {
 public:
  // What is remembered of one parameter; tensors are undefined until its first step.
  struct Moments {
    at::Tensor mean;    // of the gradient
    at::Tensor square;  // mean of its square
    long steps = 0;
  };

  Adam(std::vector<TrainedParameter> parameters, AdamOptions options);

  // With lr and beta1 of this batch, for every parameter that has a gradient:
  //   p *= 1 - lr wd (norms only if asked);  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;
  //   p -= lr / (1-b1^t) * m / (sqrt(v / (1-b2^t)) + eps)
  // A parameter without a gradient is left as it is: no decay, no step counted.
  void step(const Rates& rates);
  // Drops the gradients.
  void zero_grad();
  // Forgets all moments and step counts (fastai does at freeze and unfreeze).
  void wipe();

  // One entry per parameter, in their order. Restored tensors must be on the parameters' device.
  const std::vector<Moments>& moments() const { return moments_; }
  void restore(std::vector<Moments> moments);

  std::vector<TrainedParameter>& parameters() { return parameters_; }
  const std::vector<TrainedParameter>& parameters() const { return parameters_; }

 private:
  std::vector<TrainedParameter> parameters_;
  AdamOptions options_;
  std::vector<Moments> moments_;
};

}  // namespace radsweep::train
