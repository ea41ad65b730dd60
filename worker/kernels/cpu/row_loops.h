// The inner loops over rows of channels, for one thread. Maps are of float, double or bf16, which
// is computed in float and rounded where it is stored; no pointer overlaps another unless said so.
#pragma once

#include <ATen/OpMathType.h>

#include "worker/kernels/cpu/rows.h"

namespace radsweep::kernels::cpu {

// A norm as scale * x + shift; `mean` for what needs x - mean. One value a channel.
template <typename T>
struct Affine {
  const T *scale, *shift, *mean;
};

// What is computed in: float for bf16.
template <typename T>
using Wide = at::opmath_type<T>;

// out = relu(scale * in + shift), rounded to the type of `in` even when that of `out` is wider.
template <typename T, typename Out>
void norm_relu_rows(const Rows<const T>& in, const Affine<Wide<T>>& norm, const Rows<Out>& out);

// m = 0 where scale * maps + shift <= 0, otherwise gradient. Adds m to `sum` and m * (maps - mean)
// to `centred_sum`, which hold a value per channel; into = scale * m, or += with `add`. `into` may
// be `gradient`.
template <typename G, typename T, typename Into>
void norm_relu_backward_rows(const Rows<const G>& gradient, const Rows<const T>& maps,
                             const Affine<Wide<T>>& norm, const Rows<Into>& into, bool add,
                             Wide<T>* sum, Wide<T>* centred_sum);

// out = gradient - constant - slope * (maps - mean). `out` may be `gradient`.
template <typename G, typename T>
void through_moments_rows(const Rows<const G>& gradient, const Rows<const T>& maps,
                          const Wide<T>* mean, const Wide<T>* constant, const Wide<T>* slope,
                          const Rows<T>& out);

// Adds the rows to `sum`.
template <typename T>
void sum_rows(const Rows<const T>& in, Wide<T>* sum);

// Adds (in - mean)^2 to `sum`.
template <typename T>
void centred_square_rows(const Rows<const T>& in, const Wide<T>* mean, Wide<T>* sum);

}  // namespace radsweep::kernels::cpu
