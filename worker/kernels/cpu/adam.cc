#include "worker/kernels/cpu/adam.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sqrt.h>

#include <algorithm>
#include <cmath>

#include "worker/kernels/cpu/vectorised.h"

namespace radsweep::kernels::cpu {
namespace {

// Values that go through the formula together: five arrays of theirs fit a second-level cache.
constexpr std::int64_t kPiece = 8192;

// The factors as ATen rounds them for operators on floats.
struct Factors {
  Factors(const AdamMove& move, const AdamConstants& constants)
      : beta1(static_cast<float>(constants.beta1)),
        to_mean(static_cast<float>(1 - constants.beta1)),
        beta2(static_cast<float>(constants.beta2)),
        to_square(static_cast<float>(1 - constants.beta2)),
        eps(static_cast<float>(constants.eps)),
        decay(static_cast<float>(move.decay)),
        square_correction(static_cast<float>(move.square_correction)),
        step(static_cast<float>(move.step)) {}

  float beta1, to_mean, beta2, to_square, eps, decay, square_correction, step;
};

// With ATen's roundings: its add and addcmul are fused multiply-adds, its addcdiv is not.
RADSWEEP_VECTORISED void move_moments(std::int64_t n, const float* __restrict gradient,
                                      float* __restrict mean, float* __restrict square,
                                      float* __restrict corrected, Factors by) {
  for (std::int64_t i = 0; i < n; ++i) {
    mean[i] = std::fma(by.to_mean, gradient[i], by.beta1 * mean[i]);
    square[i] = std::fma(by.to_square * gradient[i], gradient[i], by.beta2 * square[i]);
    corrected[i] = square[i] / by.square_correction;
  }
}

RADSWEEP_VECTORISED void move_parameter(std::int64_t n, const float* __restrict mean,
                                        const float* __restrict root, float* __restrict parameter,
                                        Factors by) {
  for (std::int64_t i = 0; i < n; ++i) {
    parameter[i] = by.decay * parameter[i] + by.step * mean[i] / (root[i] + by.eps);
  }
}

// The values [first, end) of a parameter.
void move_values(const AdamMove& move, const AdamConstants& constants, std::int64_t first,
                 std::int64_t end, const at::Tensor& scratch) {
  const Factors factors(move, constants);
  const float* gradient = move.gradient.const_data_ptr<float>();
  float* mean = move.mean.mutable_data_ptr<float>();
  float* square = move.square.mutable_data_ptr<float>();
  float* parameter = move.parameter.mutable_data_ptr<float>();
  for (; first < end; first += kPiece) {
    const std::int64_t n = std::min(kPiece, end - first);
    at::Tensor root = scratch.narrow(0, 0, n);
    move_moments(n, gradient + first, mean + first, square + first, root.mutable_data_ptr<float>(),
                 factors);
    at::sqrt_(root);  // ATen's own: on some processors not the nearest float
    move_parameter(n, mean + first, root.const_data_ptr<float>(), parameter + first, factors);
  }
}

// Whether the values of both lie in memory in the same order.
bool same_order(const at::Tensor& a, const at::Tensor& b) {
  for (std::int64_t d = 0; d < a.dim(); ++d) {
    if (a.size(d) != 1 && a.stride(d) != b.stride(d)) return false;
  }
  return a.is_non_overlapping_and_dense() && b.is_non_overlapping_and_dense();
}

}  // namespace

bool handles(const AdamMove& move) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return false;
#endif
  const auto fits = [&](const at::Tensor& values) {
    return values.is_cpu() && values.scalar_type() == at::kFloat &&
           same_order(values, move.parameter);
  };
  return fits(move.parameter) && fits(move.gradient) && fits(move.mean) && fits(move.square);
}

void adam_step(const std::vector<AdamMove>& moves, const AdamConstants& constants) {
  std::int64_t values = 0;
  for (const AdamMove& move : moves) values += move.parameter.numel();
  // shares of as many values each, wherever parameters begin and end
  at::parallel_for(0, values, kPiece, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_grad;
    const at::Tensor scratch = at::empty({kPiece}, at::kFloat);
    std::int64_t first = 0;  // of the parameter at hand
    for (const AdamMove& move : moves) {
      const std::int64_t next = first + move.parameter.numel();
      move_values(move, constants, std::max(begin, first) - first, std::min(end, next) - first,
                  scratch);
      first = next;
    }
  });
}

}  // namespace radsweep::kernels::cpu
