// What a pickled state dict says of its tensors; the values lie in storages outside the pickle.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "worker/model/import/pickle.h"
#include "worker/model/weights_header.h"

namespace radsweep::model {

// A run of values that tensors share, named by `key`.
struct StorageId {
  std::string_view key;
  WeightsType type = WeightsType::F32;
  std::uint64_t values = 0;
};

struct StoredTensor {
  std::string name;
  StorageId storage;
  std::uint64_t offset = 0;  // of the first element, in elements
  std::vector<std::int64_t> shape, strides;
};

// The tensors of a pickled state dict in its order, or of the one that a training's checkpoint has
// under "state_dict" or "model". Throws Error(environment) when the pickle is
// no dict from names to tensors, or a tensor of a type that is neither a float nor int64.
std::vector<StoredTensor> read_state_dict(const Pickle& pickle, const std::string& where);

}  // namespace radsweep::model
