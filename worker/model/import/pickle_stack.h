// What a pickle's opcodes work on: a stack of values, marks in it, and values remembered by number.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "worker/model/import/pickle.h"

namespace radsweep::model {

// Every operation that the values at hand do not allow, or that would make more of them than any
// state dict has, throws the Error(environment) of a refused pickle.
class PickleStack {
 public:
  // densenet201's state dict has 12,000 nodes, five levels deep.
  static constexpr std::size_t kMaxNodes = 1'000'000;
  static constexpr std::size_t kMaxDepth = 100;

  explicit PickleStack(std::string where) : where_(std::move(where)) {}

  [[noreturn]] void refuse(const std::string& why) const;

  PickleNode& push(PickleNode::Kind kind);  // a new node
  PickleNode* top() const;                  // above the last mark
  PickleNode* pop();
  void mark();
  std::vector<const PickleNode*> pop_to_mark();
  std::vector<const PickleNode*> pop_some(std::size_t count);
  // To the list or dict on top.
  void add(PickleNode::Kind kind, const std::vector<const PickleNode*>& items);
  void remember(std::uint64_t number) { memo_[number] = top(); }
  void recall(std::uint64_t number);  // pushes it

  std::deque<PickleNode> take_nodes() { return std::move(nodes_); }

 private:
  std::string where_;
  std::deque<PickleNode> nodes_;  // its elements never move
  std::vector<PickleNode*> stack_;
  std::vector<std::size_t> marks_;  // sizes of the stack
  std::unordered_map<std::uint64_t, PickleNode*> memo_;
};

}  // namespace radsweep::model
