#include "tests/worker/train/tape_recorder.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/clone.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/library.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace radsweep::test {
namespace {

using c10::DispatchKey;
using c10::IValue;

constexpr DispatchKey kMode = DispatchKey::TESTING_ONLY_GenericMode;

struct Call {
  c10::OperatorHandle op;
  std::vector<IValue> arguments, results;
};
using Tape = std::vector<Call>;

// of the recording under way: a fallback of the dispatcher gets nothing else
thread_local Tape* tape = nullptr;

// Where the order of sums is fixed, LibTorch 2.7.1 does these by copies that wait for the GPU.
const std::set<std::string> kWaitsWhenDeterministic{"aten::scatter", "aten::scatter_",
                                                    "aten::value_selecting_reduction_backward"};
const std::set<std::string> kLooksAtValues{"aten::_local_scalar_dense", "aten::item",
                                           "aten::is_nonzero",          "aten::nonzero",
                                           "aten::masked_select",       "aten::equal"};

void keep_and_call(const c10::OperatorHandle& op, c10::DispatchKeySet keys,
                   torch::jit::Stack* stack) {
  const std::string& name = op.schema().name();
  if (kLooksAtValues.contains(name) || kWaitsWhenDeterministic.contains(name)) {
    throw std::logic_error(name + " waits for the GPU");
  }
  if (op.hasKernelForDispatchKey(DispatchKey::CompositeImplicitAutograd)) {
    // only calls others, among them what keeps values for its backward pass
    op.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kMode), stack);
    return;
  }
  const c10::impl::ExcludeDispatchKeyGuard inside(kMode);
  const auto last = [&](std::size_t count) {
    return std::vector<IValue>(stack->end() - static_cast<std::ptrdiff_t>(count), stack->end());
  };
  std::vector<IValue> arguments = last(op.schema().arguments().size());
  op.callBoxed(stack);
  std::vector<IValue> results = last(op.schema().returns().size());
  for (const IValue& result : results) {
    if (!result.isTensor())
      throw std::logic_error(name + " returns what a replay could not put back");
  }
  tape->push_back({op, std::move(arguments), std::move(results)});
}

bool is_tensor(const IValue& value) {
  return value.isTensor() && value.toTensor().defined();
}

bool lies_in_one_of(const at::Tensor& tensor, const std::vector<IValue>& values) {
  return std::ranges::any_of(values, [&](const IValue& value) {
    return is_tensor(value) && value.toTensor().is_alias_of(tensor);
  });
}

void replay(const Tape& recorded) {
  const at::NoGradGuard no_grad;
  for (const Call& call : recorded) {
    torch::jit::Stack stack = call.arguments;
    call.op.callBoxed(&stack);
    for (std::size_t i = 0; i < stack.size(); ++i) {
      if (!is_tensor(call.results[i])) continue;
      const at::Tensor& kept = call.results[i].toTensor();
      // a view shows what it is a view of; what was written in place has been written
      if (!lies_in_one_of(kept, call.arguments)) kept.detach().copy_(stack[i].toTensor());
    }
  }
}

}  // namespace

kernels::cuda::GraphRecorder tape_recorder(std::vector<at::Tensor> state) {
  return [state](const kernels::cuda::Work& work) -> kernels::cuda::Work {
    std::vector<at::Tensor> before;
    for (const at::Tensor& tensor : state) before.push_back(tensor.detach().clone());
    const auto recorded = std::make_shared<Tape>();
    tape = recorded.get();
    {
      const c10::impl::IncludeDispatchKeyGuard on(kMode);
      work();
    }
    tape = nullptr;
    for (std::size_t i = 0; i < state.size(); ++i) state[i].detach().copy_(before[i]);
    return [recorded] { replay(*recorded); };
  };
}

TORCH_LIBRARY_IMPL(_, TESTING_ONLY_GenericMode, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&keep_and_call>());
}

}  // namespace radsweep::test
