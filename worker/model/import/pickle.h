// Python's pickle format, read as data. The machine knows the opcodes and globals that state
// dicts consist of and refuses all others; it never imports, calls or executes anything.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "worker/model/import/byte_reader.h"

namespace radsweep::model {

struct PickleNode {
  // real: a floating-point number, whose value nothing here needs. storage: a persistent id, items
  // = {the id}. call: a function applied to arguments, which stays just that, items = {the
  // arguments, a tuple}.
  enum class Kind { none, boolean, integer, real, text, tuple, list, dict, global, storage, call };

  Kind kind = Kind::none;
  std::int64_t integer = 0;              // of integer and boolean
  std::string_view text;                 // of text (borrowed from the file), global and call
  std::vector<const PickleNode*> items;  // of dict: key, value, key, value, ...
};

// A pickle and all it consists of; nodes may be shared, and a list may contain itself.
class Pickle {
 public:
  // Reads up to and with the pickle's STOP, protocol 2 as torch.save writes it. Throws
  // Error(environment) for a truncated or senseless pickle, one that is larger or deeper than any
  // state dict, and, by name, for every global other than collections.OrderedDict, torch's
  // tensor-rebuilding functions and its storages. Memory is bounded by a multiple of the bytes.
  static Pickle read(ByteReader& in);

  const PickleNode& root() const { return *root_; }

 private:
  Pickle(std::deque<PickleNode> nodes, const PickleNode* root)
      : nodes_(std::move(nodes)), root_(root) {}

  std::deque<PickleNode> nodes_;  // owns; its elements never move
  const PickleNode* root_;
};

}  // namespace radsweep::model
