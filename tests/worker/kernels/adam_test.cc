// The loops of Adam's step beside ATen's operators, to the last bit.
#include "worker/kernels/adam.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "tests/worker/kernels/random.h"
#include "worker/kernels/cpu/adam.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr AdamConstants kConstants{.beta1 = 0.93, .beta2 = 0.99, .eps = 1e-5};

AdamMove some_move(at::IntArrayRef sizes, std::uint64_t seed, double decay) {
  return {.parameter = random(sizes, seed),
          .gradient = random(sizes, seed + 1) * 0.01,
          .mean = random(sizes, seed + 2) * 0.01,
          .square = random(sizes, seed + 3).square() * 1e-4,
          .decay = decay,
          .square_correction = 0.0297,
          .step = -1.7e-3};
}

std::vector<AdamMove> some_moves() {
  return {some_move({3, 5}, 1, 0.9998), some_move({20000}, 5, 1), some_move({1}, 9, 0.9998),
          some_move({64, 24, 3, 3}, 13, 0.9998), some_move({128, 96, 1, 1}, 17, 0.9998)};
}

// As ATen's operators compute it, one after the other.
void step_by_aten(AdamMove& move) {
  move.parameter.mul_(move.decay);
  move.mean.mul_(kConstants.beta1).add_(move.gradient, 1 - kConstants.beta1);
  move.square.mul_(kConstants.beta2).addcmul_(move.gradient, move.gradient, 1 - kConstants.beta2);
  const at::Tensor divisor = move.square.div(move.square_correction).sqrt_().add_(kConstants.eps);
  move.parameter.addcdiv_(move.mean, divisor, move.step);
}

void check_as_by_aten(const std::vector<AdamMove>& moves) {
  std::vector<AdamMove> wanted = moves;
  for (AdamMove& move : wanted) {
    for (at::Tensor* values : {&move.parameter, &move.mean, &move.square}) {
      *values = values->clone();
    }
    step_by_aten(move);
  }
  adam_step(moves, kConstants);
  for (std::size_t i = 0; i < moves.size(); ++i) {
    CAPTURE(i);
    CHECK(at::equal(moves[i].parameter, wanted[i].parameter));
    CHECK(at::equal(moves[i].mean, wanted[i].mean));
    CHECK(at::equal(moves[i].square, wanted[i].square));
  }
}

}  // namespace

TEST_CASE("a step in one pass has the bits of ATen's operators, with any number of threads") {
  const int before = at::get_num_threads();
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    at::set_num_threads(threads);
    const std::vector<AdamMove> moves = some_moves();
    for (int step = 0; step < 3; ++step) check_as_by_aten(moves);
  }
  at::set_num_threads(before);
}

TEST_CASE("a step takes tensors that lie in memory in different orders, and other types") {
  std::vector<AdamMove> moves = some_moves();
  moves[3].gradient = moves[3].gradient.contiguous(at::MemoryFormat::ChannelsLast);
  CHECK_FALSE(cpu::handles(moves[3]));
  for (at::Tensor* values :
       {&moves[1].parameter, &moves[1].gradient, &moves[1].mean, &moves[1].square}) {
    *values = values->to(at::kDouble);
  }
  CHECK_FALSE(cpu::handles(moves[1]));
  check_as_by_aten(moves);
}

TEST_CASE("1x1 weights lie in the same order whatever their strides of single values are") {
  AdamMove move = some_move({128, 96, 1, 1}, 1, 0.9998);
  move.gradient = move.gradient.as_strided(move.gradient.sizes(), {96, 1, 96, 96});
  REQUIRE(move.gradient.strides() != move.parameter.strides());
  CHECK(cpu::handles(move) == cpu::handles(some_move({2}, 1, 1)));
  check_as_by_aten({move});
}
