#include "worker/model/import/pickle.h"

#include <array>
#include <string>
#include <unordered_map>

namespace radsweep::model {
namespace {

using Kind = PickleNode::Kind;

// densenet201's state dict has 12,000 nodes and 36,000 steps, five levels deep.
constexpr std::size_t kMaxNodes = 1'000'000;
constexpr std::size_t kMaxSteps = 4'000'000;
constexpr std::size_t kMaxDepth = 100;

constexpr std::array<std::string_view, 11> kGlobals = {"collections.OrderedDict",
                                                       "torch._utils._rebuild_tensor",
                                                       "torch._utils._rebuild_tensor_v2",
                                                       "torch._utils._rebuild_parameter",
                                                       "torch.FloatStorage",
                                                       "torch.HalfStorage",
                                                       "torch.BFloat16Storage",
                                                       "torch.DoubleStorage",
                                                       "torch.LongStorage",
                                                       "torch.IntStorage",
                                                       "torch.BoolStorage"};

// pickletools' names of the opcodes that torch.save's state dicts are written with.
enum Opcode : unsigned char {
  kMark = '(',
  kStop = '.',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersId = 'Q',
  kReduce = 'R',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kEmptyList = ']',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kAppends = 'e',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kSetItems = 'u',
  kEmptyDict = '}',
  kEmptyTuple = ')',
  kProto = 0x80,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a
};

class Machine {
 public:
  explicit Machine(ByteReader& in) : in_(in) {}

  // Returns the value that STOP leaves.
  const PickleNode* run() {
    for (std::size_t steps = 0; steps < kMaxSteps; ++steps) {
      const auto opcode = static_cast<unsigned char>(in_.take_unsigned(1));
      if (opcode == kStop) return pop();
      if (!step_constant(opcode) && !step_container(opcode) && !step_other(opcode)) {
        refuse("byte " + std::to_string(in_.at() - 1) + " is opcode " + std::to_string(opcode) +
               ", which no state dict of torch.save contains");
      }
    }
    refuse("it has more steps than any state dict");
  }

  std::deque<PickleNode> take_nodes() { return std::move(nodes_); }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    refuse_import(in_.where(), "its pickle is refused: " + why,
                  "save the file again with torch.save(model.state_dict(), FILE)");
  }

  PickleNode& push(Kind kind) {
    if (nodes_.size() == kMaxNodes) refuse("it has more values than any state dict");
    PickleNode& node = nodes_.emplace_back();
    node.kind = kind;
    stack_.push_back(&node);
    return node;
  }

  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  PickleNode* top() const {
    if (stack_.size() <= floor()) refuse("it takes a value that is not there");
    return stack_.back();
  }

  PickleNode* pop() {
    PickleNode* node = top();
    stack_.pop_back();
    return node;
  }

  std::vector<const PickleNode*> pop_to_mark() {
    if (marks_.empty()) refuse("it takes a mark that is not there");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<const PickleNode*> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return items;
  }

  std::vector<const PickleNode*> pop_some(std::size_t count) {
    std::vector<const PickleNode*> items(count);
    while (count > 0) items[--count] = pop();
    return items;
  }

  bool step_constant(unsigned char opcode) {
    switch (opcode) {
      case kNone:
        push(Kind::none);
        return true;
      case kNewTrue:
        push(Kind::boolean).integer = 1;
        return true;
      case kNewFalse:
        push(Kind::boolean).integer = 0;
        return true;
      case kBinInt:
        push_integer(in_.take_signed(4));
        return true;
      case kBinInt1:
        push_integer(in_.take_signed(1) & 0xff);
        return true;
      case kBinInt2:
        push_integer(in_.take_signed(2) & 0xffff);
        return true;
      case kLong1:
        push_long();
        return true;
      case kShortBinString:
        push_text(1);
        return true;
      case kBinString:
        push_text(4);
        return true;
      case kBinUnicode:
        push_text(4);
        return true;
      default:
        return false;
    }
  }

  void push_integer(std::int64_t value) { push(Kind::integer).integer = value; }

  void push_long() {
    const auto width = static_cast<unsigned>(in_.take_unsigned(1));
    if (width > 8) refuse("it has a number of more than 64 bits");
    push_integer(in_.take_signed(width));
  }

  void push_text(unsigned width) {
    const std::uint64_t length = in_.take_unsigned(width);
    const std::string_view text = in_.take(length);
    push(Kind::text).text = text;
  }

  bool step_container(unsigned char opcode) {
    switch (opcode) {
      case kMark:
        mark();
        return true;
      case kEmptyTuple:
        push(Kind::tuple);
        return true;
      case kEmptyList:
        push(Kind::list);
        return true;
      case kEmptyDict:
        push(Kind::dict);
        return true;
      case kTuple:
        push_tuple(pop_to_mark());
        return true;
      case kTuple1:
        push_tuple(pop_some(1));
        return true;
      case kTuple2:
        push_tuple(pop_some(2));
        return true;
      case kTuple3:
        push_tuple(pop_some(3));
        return true;
      case kAppend:
        add(Kind::list, pop_some(1));
        return true;
      case kAppends:
        add(Kind::list, pop_to_mark());
        return true;
      case kSetItem:
        add(Kind::dict, pop_some(2));
        return true;
      case kSetItems:
        add(Kind::dict, pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  void mark() {
    if (marks_.size() == kMaxDepth) refuse("it is nested deeper than any state dict");
    marks_.push_back(stack_.size());
  }

  void push_tuple(std::vector<const PickleNode*> items) {
    push(Kind::tuple).items = std::move(items);
  }

  void add(Kind kind, const std::vector<const PickleNode*>& items) {
    PickleNode* target = top();
    if (target->kind != kind) refuse("it adds to a value that holds nothing");
    if (kind == Kind::dict && items.size() % 2 != 0) refuse("it has a key without a value");
    target->items.insert(target->items.end(), items.begin(), items.end());
  }

  bool step_other(unsigned char opcode) {
    switch (opcode) {
      case kProto:
        check_protocol();
        return true;
      case kGlobal:
        push_global();
        return true;
      case kReduce:
        reduce();
        return true;
      case kBinPersId:
        push_storage();
        return true;
      case kBuild:
        build();
        return true;
      case kBinPut:
        memo_[in_.take_unsigned(1)] = top();
        return true;
      case kLongBinPut:
        memo_[in_.take_unsigned(4)] = top();
        return true;
      case kBinGet:
        get(in_.take_unsigned(1));
        return true;
      case kLongBinGet:
        get(in_.take_unsigned(4));
        return true;
      default:
        return false;
    }
  }

  void check_protocol() {
    const std::uint64_t protocol = in_.take_unsigned(1);
    if (protocol != 2) {
      refuse("it has protocol " + std::to_string(protocol) + ", torch.save writes 2");
    }
  }

  void push_global() {
    const std::string module(in_.take_line());
    const std::string name = module + "." + std::string(in_.take_line());
    for (const std::string_view known : kGlobals) {
      if (name != known) continue;
      push(Kind::global).text = known;
      return;
    }
    refuse("it asks for " + quoted_name(name) + ", which no state dict needs; nothing was run");
  }

  // An OrderedDict becomes a dict, for items to be added; other calls stay calls.
  void reduce() {
    const PickleNode* arguments = pop();
    const PickleNode* function = pop();
    if (function->kind != Kind::global || arguments->kind != Kind::tuple) {
      refuse("it calls something that is no function");
    }
    if (function->text == "collections.OrderedDict") return push_ordered_dict(*arguments);
    PickleNode& call = push(Kind::call);
    call.text = function->text;
    call.items = {arguments};
  }

  // Python 3 gives no argument, Python 2 a list of lists [key, value].
  void push_ordered_dict(const PickleNode& arguments) {
    PickleNode& dict = push(Kind::dict);
    if (arguments.items.empty()) return;
    const PickleNode& pairs = *arguments.items.front();
    if (arguments.items.size() != 1 || pairs.kind != Kind::list)
      refuse("an OrderedDict of no list");
    // the same list may come again and again
    if (pairs.items.size() > kMaxNodes - pairs_) refuse("it has more values than any state dict");
    pairs_ += pairs.items.size();
    for (const PickleNode* pair : pairs.items) {
      const bool holds = pair->kind == Kind::list || pair->kind == Kind::tuple;
      if (!holds || pair->items.size() != 2) refuse("an OrderedDict of no pairs");
      dict.items.insert(dict.items.end(), pair->items.begin(), pair->items.end());
    }
  }

  void push_storage() {
    const PickleNode* id = pop();
    push(Kind::storage).items = {id};
  }

  // Attributes of an OrderedDict: _metadata, the versions of modules, which nothing here needs.
  void build() {
    pop();
    if (top()->kind != Kind::dict) refuse("it sets attributes of something that is no OrderedDict");
  }

  void get(std::uint64_t number) {
    const auto found = memo_.find(number);
    if (found == memo_.end()) refuse("it takes a value that was not remembered");
    stack_.push_back(found->second);
  }

  ByteReader& in_;
  std::deque<PickleNode> nodes_;
  std::vector<PickleNode*> stack_;
  std::vector<std::size_t> marks_;  // sizes of the stack
  std::unordered_map<std::uint64_t, PickleNode*> memo_;
  std::size_t pairs_ = 0;  // copied from lists so far
};

}  // namespace

Pickle Pickle::read(ByteReader& in) {
  Machine machine(in);
  const PickleNode* root = machine.run();
  return Pickle(machine.take_nodes(), root);
}

}  // namespace radsweep::model
