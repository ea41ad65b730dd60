// torch.save before 1.6: the pickles of a magic number, a protocol version, facts on the machine,
// the object and the list of storage keys; then for each key the count of its values and these.
#include <map>

#include "worker/model/import/storages.h"
#include "worker/model/import/weights_source.h"

namespace radsweep::model {
namespace {

using Kind = PickleNode::Kind;

// the pickle of 0x1950a86a20f9469cfc6c in protocol 2
constexpr std::string_view kMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
constexpr std::int64_t kProtocolVersion = 1001;

void check_version(ByteReader& in) {
  const Pickle version = Pickle::read(in);
  if (version.root().kind != Kind::integer || version.root().integer != kProtocolVersion) {
    refuse_import(in.where(), "it is a legacy file of an unknown version");
  }
}

void check_machine(ByteReader& in) {
  const Pickle facts = Pickle::read(in);
  const auto& items = facts.root().items;
  for (std::size_t i = 0; facts.root().kind == Kind::dict && i + 1 < items.size(); i += 2) {
    if (items[i]->text == "little_endian" && items[i + 1]->integer == 1) return;
  }
  refuse_import(in.where(), "it does not say that it was written by a little-endian machine");
}

// Storages by key, cut from what follows the pickles; `tensors` say how long each of them is.
std::map<std::string_view, std::string_view> cut_storages(
    ByteReader& in, const Pickle& keys, const std::vector<StoredTensor>& tensors) {
  if (keys.root().kind != Kind::list) refuse_import(in.where(), "it has no list of storages");
  std::map<std::string_view, StorageId> expected;
  for (const StoredTensor& tensor : tensors) {
    expected.emplace(tensor.storage.key, tensor.storage);
  }
  std::map<std::string_view, std::string_view> storages;
  for (const PickleNode* key : keys.root().items) {
    const auto found = expected.find(key->text);
    if (found == expected.end() || storages.contains(key->text)) {
      refuse_import(in.where(),
                    "it lists storage " + quoted_name(key->text) + ", which is not expected");
    }
    const StorageId& storage = found->second;
    if (in.take_unsigned(8) != storage.values) {
      refuse_import(in.where(),
                    "storage " + quoted_name(storage.key) + " has another size than expected",
                    "get the file again");
    }
    storages[storage.key] = in.take(storage_bytes(storage, in.where()));
  }
  return storages;
}

}  // namespace

bool is_torch_legacy(std::string_view bytes) {
  return bytes.starts_with(kMagic);
}

std::vector<SourceTensor> read_torch_legacy(std::string_view bytes, const std::string& where) {
  ByteReader in(bytes, where, kMagic.size());
  check_version(in);
  check_machine(in);
  const Pickle state = Pickle::read(in);
  std::vector<StoredTensor> tensors = read_state_dict(state, where);
  const Pickle keys = Pickle::read(in);
  const auto storages = cut_storages(in, keys, tensors);
  if (in.left() != 0) refuse_import(where, "something follows its last storage");
  return join_storages(
      std::move(tensors),
      [&](const StorageId& storage) {
        const auto found = storages.find(storage.key);
        if (found == storages.end()) {
          refuse_import(where, "it does not list storage " + quoted_name(storage.key));
        }
        return found->second;
      },
      where);
}

}  // namespace radsweep::model
