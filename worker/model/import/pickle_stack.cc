#include "worker/model/import/pickle_stack.h"

namespace radsweep::model {

using Kind = PickleNode::Kind;

void PickleStack::refuse(const std::string& why) const {
  refuse_import(where_, "its pickle is refused: " + why,
                "save the file again with torch.save(model.state_dict(), FILE)");
}

PickleNode& PickleStack::push(Kind kind) {
  if (nodes_.size() == kMaxNodes) refuse("it has more values than any state dict");
  PickleNode& node = nodes_.emplace_back();
  node.kind = kind;
  stack_.push_back(&node);
  return node;
}

PickleNode* PickleStack::top() const {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() <= floor) refuse("it takes a value that is not there");
  return stack_.back();
}

PickleNode* PickleStack::pop() {
  PickleNode* node = top();
  stack_.pop_back();
  return node;
}

void PickleStack::mark() {
  if (marks_.size() == kMaxDepth) refuse("it is nested deeper than any state dict");
  marks_.push_back(stack_.size());
}

std::vector<const PickleNode*> PickleStack::pop_to_mark() {
  if (marks_.empty()) refuse("it takes a mark that is not there");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<const PickleNode*> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

std::vector<const PickleNode*> PickleStack::pop_some(std::size_t count) {
  std::vector<const PickleNode*> items(count);
  while (count > 0) items[--count] = pop();
  return items;
}

void PickleStack::add(Kind kind, const std::vector<const PickleNode*>& items) {
  PickleNode* target = top();
  if (target->kind != kind) refuse("it adds to a value that holds nothing");
  if (kind == Kind::dict && items.size() % 2 != 0) refuse("it has a key without a value");
  target->items.insert(target->items.end(), items.begin(), items.end());
}

void PickleStack::recall(std::uint64_t number) {
  const auto found = memo_.find(number);
  if (found == memo_.end()) refuse("it takes a value that was not remembered");
  stack_.push_back(found->second);
}

}  // namespace radsweep::model
