// The tensors of a state dict joined with the bytes of their storages.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/model/import/source_tensor.h"
#include "worker/model/import/state_dict.h"

namespace radsweep::model {

// `bytes_of` returns exactly the bytes of a storage, or throws. Throws Error(environment) when a
// tensor reaches beyond them.
std::vector<SourceTensor> join_storages(
    std::vector<StoredTensor> tensors,
    const std::function<std::string_view(const StorageId&)>& bytes_of, const std::string& where);

// Bytes of a storage. Throws Error(environment) when no file can be that large.
std::uint64_t storage_bytes(const StorageId& storage, const std::string& where);

}  // namespace radsweep::model
