// The state of a module as an ordered list of named tensors: what is initialised, saved, loaded.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <string>
#include <vector>

namespace radsweep::model {

struct NamedTensor {
  std::string name;
  at::Tensor value;
};

// Parameters and buffers in the order of Python's state_dict: of each module first its own
// parameters, then its own buffers, then its children's. The tensors share memory with the
// module. (LibTorch itself lists all parameters first and all buffers last.)
std::vector<NamedTensor> state_of(const torch::nn::Module& module);

}  // namespace radsweep::model
