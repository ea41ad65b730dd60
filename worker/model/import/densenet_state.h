// What the body of a DenseNet consists of, by torchvision's names, as facts without LibTorch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "worker/attempt/architecture.h"
#include "worker/model/weights_header.h"

namespace radsweep::model {

struct StateEntry {
  std::string name;  // "features.conv0.weight"
  WeightsType type = WeightsType::F32;
  std::vector<std::int64_t> shape;
};

// All parameters and buffers of `features`, in the order of Python's state_dict.
std::vector<StateEntry> densenet_state(const attempt::Architecture& architecture);

// torchvision's files of 2017 say "denselayer1.norm.1.weight" for "denselayer1.norm1.weight";
// every other name stays as it is.
std::string todays_name(const std::string& name);

}  // namespace radsweep::model
