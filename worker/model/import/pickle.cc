#include "worker/model/import/pickle.h"

#include <array>
#include <string>

#include "worker/model/import/pickle_stack.h"

namespace radsweep::model {
namespace {

using Kind = PickleNode::Kind;

// densenet201's state dict has 36,000.
constexpr std::size_t kMaxSteps = 4'000'000;

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

// pickletools' names of the opcodes that torch.save's state dicts and checkpoints are written with.
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
  kBinFloat = 'G',
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
  explicit Machine(ByteReader& in) : in_(in), stack_(in.where()) {}

  // Returns the value that STOP leaves.
  const PickleNode* run() {
    for (std::size_t steps = 0; steps < kMaxSteps; ++steps) {
      const auto opcode = static_cast<unsigned char>(in_.take_unsigned(1));
      if (opcode == kStop) return stack_.pop();
      if (!step_constant(opcode) && !step_container(opcode) && !step_other(opcode)) {
        stack_.refuse("byte " + std::to_string(in_.at() - 1) + " is opcode " +
                      std::to_string(opcode) + ", which no state dict of torch.save contains");
      }
    }
    stack_.refuse("it has more steps than any state dict");
  }

  std::deque<PickleNode> take_nodes() { return stack_.take_nodes(); }

 private:
  bool step_constant(unsigned char opcode) {
    switch (opcode) {
      case kNone:
        stack_.push(Kind::none);
        return true;
      case kNewTrue:
        stack_.push(Kind::boolean).integer = 1;
        return true;
      case kNewFalse:
        stack_.push(Kind::boolean).integer = 0;
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
      case kBinFloat:
        in_.take(8);
        stack_.push(Kind::real);
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

  void push_integer(std::int64_t value) { stack_.push(Kind::integer).integer = value; }

  void push_long() {
    const auto width = static_cast<unsigned>(in_.take_unsigned(1));
    if (width > 8) stack_.refuse("it has a number of more than 64 bits");
    push_integer(in_.take_signed(width));
  }

  void push_text(unsigned width) {
    const std::uint64_t length = in_.take_unsigned(width);
    const std::string_view text = in_.take(length);
    stack_.push(Kind::text).text = text;
  }

  bool step_container(unsigned char opcode) {
    switch (opcode) {
      case kMark:
        stack_.mark();
        return true;
      case kEmptyTuple:
        stack_.push(Kind::tuple);
        return true;
      case kEmptyList:
        stack_.push(Kind::list);
        return true;
      case kEmptyDict:
        stack_.push(Kind::dict);
        return true;
      case kTuple:
        push_tuple(stack_.pop_to_mark());
        return true;
      case kTuple1:
        push_tuple(stack_.pop_some(1));
        return true;
      case kTuple2:
        push_tuple(stack_.pop_some(2));
        return true;
      case kTuple3:
        push_tuple(stack_.pop_some(3));
        return true;
      case kAppend:
        stack_.add(Kind::list, stack_.pop_some(1));
        return true;
      case kAppends:
        stack_.add(Kind::list, stack_.pop_to_mark());
        return true;
      case kSetItem:
        stack_.add(Kind::dict, stack_.pop_some(2));
        return true;
      case kSetItems:
        stack_.add(Kind::dict, stack_.pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  void push_tuple(std::vector<const PickleNode*> items) {
    stack_.push(Kind::tuple).items = std::move(items);
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
        stack_.remember(in_.take_unsigned(1));
        return true;
      case kLongBinPut:
        stack_.remember(in_.take_unsigned(4));
        return true;
      case kBinGet:
        stack_.recall(in_.take_unsigned(1));
        return true;
      case kLongBinGet:
        stack_.recall(in_.take_unsigned(4));
        return true;
      default:
        return false;
    }
  }

  void check_protocol() {
    const std::uint64_t protocol = in_.take_unsigned(1);
    if (protocol != 2) {
      stack_.refuse("it has protocol " + std::to_string(protocol) + ", torch.save writes 2");
    }
  }

  void push_global() {
    const std::string module(in_.take_line());
    const std::string name = module + "." + std::string(in_.take_line());
    for (const std::string_view known : kGlobals) {
      if (name != known) continue;
      stack_.push(Kind::global).text = known;
      return;
    }
    stack_.refuse("it asks for " + quoted_name(name) +
                  ", which no state dict needs; nothing was run");
  }

  // An OrderedDict becomes a dict, for items to be added; other calls stay calls.
  void reduce() {
    const PickleNode* arguments = stack_.pop();
    const PickleNode* function = stack_.pop();
    if (function->kind != Kind::global || arguments->kind != Kind::tuple) {
      stack_.refuse("it calls something that is no function");
    }
    if (function->text == "collections.OrderedDict") return push_ordered_dict(*arguments);
    PickleNode& call = stack_.push(Kind::call);
    call.text = function->text;
    call.items = {arguments};
  }

  // Python 3 gives no argument, Python 2 a list of lists [key, value].
  void push_ordered_dict(const PickleNode& arguments) {
    PickleNode& dict = stack_.push(Kind::dict);
    if (arguments.items.empty()) return;
    const PickleNode& pairs = *arguments.items.front();
    if (arguments.items.size() != 1 || pairs.kind != Kind::list)
      stack_.refuse("an OrderedDict of no list");
    // the same list may come again and again
    if (pairs.items.size() > PickleStack::kMaxNodes - pairs_)
      stack_.refuse("it has more values than any state dict");
    pairs_ += pairs.items.size();
    for (const PickleNode* pair : pairs.items) {
      const bool holds = pair->kind == Kind::list || pair->kind == Kind::tuple;
      if (!holds || pair->items.size() != 2) stack_.refuse("an OrderedDict of no pairs");
      dict.items.insert(dict.items.end(), pair->items.begin(), pair->items.end());
    }
  }

  void push_storage() {
    const PickleNode* id = stack_.pop();
    stack_.push(Kind::storage).items = {id};
  }

  // Attributes of an OrderedDict: _metadata, the versions of modules, which nothing here needs.
  void build() {
    stack_.pop();
    if (stack_.top()->kind != Kind::dict)
      stack_.refuse("it sets attributes of something that is no OrderedDict");
  }

  ByteReader& in_;
  PickleStack stack_;
  std::size_t pairs_ = 0;  // copied from lists so far
};

}  // namespace

Pickle Pickle::read(ByteReader& in) {
  Machine machine(in);
  const PickleNode* root = machine.run();
  return Pickle(machine.take_nodes(), root);
}

}  // namespace radsweep::model
