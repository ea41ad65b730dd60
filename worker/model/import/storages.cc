#include "worker/model/import/storages.h"

namespace radsweep::model {

std::uint64_t storage_bytes(const StorageId& storage, const std::string& where) {
  if (storage.values > (std::uint64_t{1} << 40)) {
    refuse_import(where, "storage " + quoted_name(storage.key) + " is larger than any file");
  }
  return storage.values * value_bytes(storage.type);
}

std::vector<SourceTensor> join_storages(
    std::vector<StoredTensor> tensors,
    const std::function<std::string_view(const StorageId&)>& bytes_of, const std::string& where) {
  std::vector<SourceTensor> joined;
  for (StoredTensor& stored : tensors) {
    const std::string_view bytes = bytes_of(stored.storage);
    if (stored.offset > stored.storage.values ||
        bytes.size() != storage_bytes(stored.storage, where)) {
      refuse_import(where, "tensor " + quoted_name(stored.name) + " does not fit its storage",
                    "get the file again");
    }
    SourceTensor& tensor = joined.emplace_back();
    tensor.name = std::move(stored.name);
    tensor.type = stored.storage.type;
    tensor.shape = std::move(stored.shape);
    tensor.strides = std::move(stored.strides);
    tensor.values = bytes.substr(stored.offset * value_bytes(tensor.type));
    check_reach(tensor, where);
  }
  return joined;
}

}  // namespace radsweep::model
