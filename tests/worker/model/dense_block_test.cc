// The fused dense block beside the reference one.
#include "worker/model/dense_block.h"

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "worker/model/initialise.h"
#include "worker/model/state.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using model::DenseBlock;
using model::Kernels;

namespace {

const attempt::Architecture kSmall{.name = "small", .growth = 6, .blocks = {4}, .bn_size = 3};
constexpr std::int64_t kInput = 10;
constexpr int kLayers = 4;

struct Circumstances {
  at::ScalarType type = at::kDouble;
  at::MemoryFormat format = at::MemoryFormat::ChannelsLast;
  std::vector<std::int64_t> size{5, kInput, 9, 7};  // images, channels, height, width
  bool train = true;
  bool frozen = false;  // convolutions do not learn
  bool input_learns = true;

  at::Tensor input() const {
    return (at::randn(size, at::make_generator<at::CPUGeneratorImpl>(3), at::kDouble) * 2 + 1)
        .to(type)
        .contiguous(format);
  }
};

// No two values alike, statistics away from their start.
void fill(DenseBlock& block) {
  const at::NoGradGuard no_grad;
  auto generator = at::make_generator<at::CPUGeneratorImpl>(7);
  for (const auto& [name, value] : model::state_of(*block)) {
    if (name.ends_with("num_batches_tracked")) {
      value.fill_(5);
    } else if (value.dim() > 1) {
      value.normal_(0, std::sqrt(2.0 / static_cast<double>(value[0].numel())), generator);
    } else if (name.ends_with("bias") || name.ends_with("mean")) {
      value.uniform_(-0.5, 0.5, generator);
    } else {
      value.uniform_(0.5, 1.5, generator);
    }
  }
}

DenseBlock make_block(Kernels kind, const Circumstances& in) {
  DenseBlock block(kInput, kLayers, kSmall, kind);
  fill(block);
  block->to(in.type);
  block->train(in.train);
  for (at::Tensor& parameter : block->parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(in.format));
    parameter.set_requires_grad(!in.frozen || parameter.dim() == 1);
  }
  return block;
}

// Everything a pass leaves behind, by name.
std::vector<model::NamedTensor> passed(DenseBlock& block, const Circumstances& in) {
  at::Tensor input = in.input();
  input.set_requires_grad(in.input_learns);
  const at::Tensor output = block->forward(input);
  std::vector<model::NamedTensor> results{{"output", output.detach()}};
  if (output.requires_grad()) {
    const at::Tensor weights =
        at::randn(output.sizes(), at::make_generator<at::CPUGeneratorImpl>(4), at::kDouble)
            .to(in.type);
    (output * weights).sum().backward();
  }
  results.push_back({"gradient of the input", input.grad()});
  for (const auto& item : block->named_parameters()) {
    results.push_back({"gradient of " + item.key(), item.value().grad()});
  }
  for (const auto& item : block->named_buffers()) results.push_back({item.key(), item.value()});
  return results;
}

double apart(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor wanted = b.to(at::kDouble);
  return ((a.to(at::kDouble) - wanted).norm() / (wanted.norm() + 1e-30)).item<double>();
}

// `output`, `rest`: largest difference in norm, relative.
void check_equal(const Circumstances& in, double output, double rest) {
  DenseBlock reference = make_block(Kernels::reference, in);
  DenseBlock fused = make_block(Kernels::fused, in);
  const auto expected = passed(reference, in);
  const auto actual = passed(fused, in);
  REQUIRE(expected.size() == actual.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(expected[i].name);
    REQUIRE(expected[i].value.defined() == actual[i].value.defined());
    if (!expected[i].value.defined()) continue;
    CHECK(actual[i].value.sizes() == expected[i].value.sizes());
    CHECK(apart(actual[i].value, expected[i].value) <= (i == 0 ? output : rest));
  }
}

void check_equal(Circumstances in) {
  for (const auto format : {at::MemoryFormat::ChannelsLast, at::MemoryFormat::Contiguous}) {
    in.format = format;
    CAPTURE(format == at::MemoryFormat::ChannelsLast);
    in.type = at::kDouble;
    check_equal(in, 1e-12, 1e-10);
    // One value in millions lies so near to zero that rounding decides about its ReLU, which moves
    // gradients by 1e-3: float32 is compared where there are too few values for that.
    if (at::empty(in.size).numel() > 10'000) continue;
    in.type = at::kFloat;
    check_equal(in, 1e-5, 1e-5);
  }
}

}  // namespace

TEST_CASE("in training the fused block has the reference's output, gradients and statistics") {
  SUBCASE("several images, not square, odd sides") {
    check_equal({});
  }
  SUBCASE("one image") {
    check_equal({.size = {1, kInput, 8, 8}});
  }
  SUBCASE("one pixel an image") {
    check_equal({.size = {6, kInput, 1, 1}});
  }
  SUBCASE("one column") {
    check_equal({.size = {2, kInput, 12, 1}});
  }
  SUBCASE("more pixels than fit a cache") {
    check_equal({.size = {7, kInput, 45, 40}});
  }
  SUBCASE("the input needs no gradient") {
    check_equal({.input_learns = false});
  }
}

TEST_CASE("with frozen convolutions the fused block's norms learn as the reference's") {
  check_equal({.frozen = true});
}

TEST_CASE("in evaluation the fused block is the reference, and moves no statistics") {
  check_equal({.train = false});
}

TEST_CASE("without grad mode the fused block computes the same and keeps nothing") {
  const at::NoGradGuard no_grad;
  check_equal({.input_learns = false});
  check_equal({.train = false, .input_learns = false});
}

TEST_CASE("running statistics move once, and batches are counted once, a pass") {
  const Circumstances in;
  DenseBlock block = make_block(Kernels::fused, in);
  passed(block, in);
  for (const auto& item : block->named_buffers()) {
    if (item.key().ends_with("num_batches_tracked")) CHECK(item.value().item<int>() == 6);
  }
}

TEST_CASE("the fused block gives the same bits twice, and its gradients add up") {
  const Circumstances in{.type = at::kFloat, .size = {7, kInput, 45, 40}};
  DenseBlock one = make_block(Kernels::fused, in), other = make_block(Kernels::fused, in);
  const auto first = passed(one, in);
  const auto second = passed(other, in);
  for (std::size_t i = 0; i < first.size(); ++i) CHECK(first[i].value.equal(second[i].value));
  passed(other, in);  // batch statistics: the same gradients again
  for (const auto& item : one->named_parameters()) {
    CHECK(other->named_parameters()[item.key()].grad().equal(2 * item.value().grad()));
  }
}

TEST_CASE("the fused block frees what it kept") {
  const Circumstances in;
  DenseBlock block = make_block(Kernels::fused, in);
  const auto storage_after = [&](bool backward) {
    const at::Tensor output = block->forward(in.input());
    if (backward) output.sum().backward();
    return c10::weak_intrusive_ptr<c10::StorageImpl>(output.storage().getWeakStorageImpl());
  };
  CHECK(storage_after(true).expired());
  CHECK(storage_after(false).expired());
}

TEST_CASE("a second derivative of the fused block is refused with a reason") {
  const Circumstances in;
  DenseBlock block = make_block(Kernels::fused, in);
  const at::Tensor output = block->forward(in.input());
  CHECK_THROWS_WITH_AS(output.sum().backward({}, /*retain_graph=*/true, /*create_graph=*/true),
                       doctest::Contains("second derivative"), Error);
}

TEST_CASE("a block of single values per channel is refused in training") {
  const Circumstances in{.size = {1, kInput, 1, 1}};
  DenseBlock block = make_block(Kernels::fused, in);
  CHECK_THROWS_WITH_AS(block->forward(in.input()), doctest::Contains("studies_per_batch"), Error);
}
