#include "worker/model/import/state_dict.h"

#include <array>
#include <set>
#include <utility>

namespace radsweep::model {
namespace {

using Kind = PickleNode::Kind;

constexpr const char* kHint =
    "save the network's state alone: torch.save(model.state_dict(), FILE)";

constexpr std::array<std::pair<std::string_view, WeightsType>, 5> kStorages = {{
    {"torch.FloatStorage", WeightsType::F32},
    {"torch.HalfStorage", WeightsType::F16},
    {"torch.BFloat16Storage", WeightsType::BF16},
    {"torch.DoubleStorage", WeightsType::F64},
    {"torch.LongStorage", WeightsType::I64},
}};

// Reads one entry of the state dict; its errors name it.
class EntryReader {
 public:
  EntryReader(std::string_view name, const std::string& where) : name_(name), where_(where) {}

  StoredTensor read(const PickleNode& value) const {
    const PickleNode* call = &value;
    // a Parameter instead of its tensor: (tensor, requires_grad, hooks)
    if (call->kind == Kind::call && call->text == "torch._utils._rebuild_parameter") {
      call = &item(arguments(*call), 0);
    }
    if (call->kind != Kind::call || !call->text.starts_with("torch._utils._rebuild_tensor")) {
      refuse("is no tensor");
    }
    // storage, offset, shape, strides, requires_grad, hooks[, metadata: a negated view]
    const PickleNode& list = arguments(*call);
    if (list.items.size() > 6 && !list.items[6]->items.empty()) {
      refuse("is a view that changes its values (torch's negative bit)");
    }
    StoredTensor tensor;
    tensor.name = name_;
    tensor.storage = storage(item(list, 0));
    tensor.offset = static_cast<std::uint64_t>(size(item(list, 1)));
    tensor.shape = sizes(item(list, 2));
    tensor.strides = sizes(item(list, 3));
    return tensor;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    refuse_import(where_, "entry " + quoted_name(name_) + " of its state dict " + why, kHint);
  }

  static const PickleNode& arguments(const PickleNode& call) { return *call.items.at(0); }

  const PickleNode& item(const PickleNode& list, std::size_t index) const {
    if (list.kind != Kind::tuple || index >= list.items.size()) refuse("is an incomplete tensor");
    return *list.items[index];
  }

  std::int64_t size(const PickleNode& node) const {
    if (node.kind != Kind::integer || node.integer < 0) refuse("has a size that is no size");
    return node.integer;
  }

  std::vector<std::int64_t> sizes(const PickleNode& node) const {
    if (node.kind != Kind::tuple) refuse("has no sizes");
    if (node.items.size() > 8) refuse("has more than 8 dimensions");
    std::vector<std::int64_t> all;
    for (const PickleNode* one : node.items) all.push_back(size(*one));
    return all;
  }

  // ('storage', torch.FloatStorage, key, device, number of values[, view])
  StorageId storage(const PickleNode& node) const {
    if (node.kind != Kind::storage) refuse("has no values");
    const PickleNode& id = *node.items.at(0);
    const PickleNode& tag = item(id, 0);
    const PickleNode& key = item(id, 2);
    if (tag.kind != Kind::text || tag.text != "storage" || key.kind != Kind::text) {
      refuse("has values of an unknown kind");
    }
    if (id.items.size() > 5 && id.items[5]->kind != Kind::none) {
      refuse("is a view of a part of a storage, as only torch before 0.4 saved them");
    }
    return {key.text, type(item(id, 1)), static_cast<std::uint64_t>(size(item(id, 4)))};
  }

  WeightsType type(const PickleNode& global) const {
    for (const auto& [name, type] : kStorages) {
      if (global.kind == Kind::global && global.text == name) return type;
    }
    refuse("holds " + quoted_name(global.text) + ", radsweep reads floats and int64");
  }

  std::string_view name_;
  const std::string& where_;
};

// A checkpoint of a training has the network's state beside the optimiser's and more.
const PickleNode& state_within(const PickleNode& root) {
  for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
    const PickleNode &key = *root.items[i], &value = *root.items[i + 1];
    const bool named = key.kind == Kind::text && (key.text == "state_dict" || key.text == "model");
    if (named && value.kind == Kind::dict) return value;
  }
  return root;
}

}  // namespace

std::vector<StoredTensor> read_state_dict(const Pickle& pickle, const std::string& where) {
  if (pickle.root().kind != Kind::dict) refuse_import(where, "it holds no state dict", kHint);
  const PickleNode& state = state_within(pickle.root());
  std::vector<StoredTensor> tensors;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i + 1 < state.items.size(); i += 2) {
    const PickleNode& key = *state.items[i];
    if (key.kind != Kind::text) {
      refuse_import(where, "it holds a dict whose keys are no names", kHint);
    }
    // before anything is copied: one long name may stand there a million times
    if (!names.insert(key.text).second) {
      refuse_import(where, "it has two tensors " + quoted_name(key.text), kHint);
    }
    tensors.push_back(EntryReader(key.text, where).read(*state.items[i + 1]));
  }
  return tensors;
}

}  // namespace radsweep::model
