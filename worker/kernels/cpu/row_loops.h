// The inner loops over rows of channels, for one thread. T is float or double; no pointer overlaps
// another unless said so.
#pragma once

#include "worker/kernels/cpu/rows.h"

namespace radsweep::kernels::cpu {

// A norm as scale * x + shift; `mean` for what needs x - mean. One value a channel.
template <typename T>
struct Affine {
  const T *scale, *shift, *mean;
};

// out = relu(scale * in + shift)
template <typename T>
void norm_relu_rows(const Rows<const T>& in, const Affine<T>& norm, const Rows<T>& out);

// m = gradient where scale * maps + shift > 0, otherwise 0. Adds m to `sum` and m * (maps - mean)
// to `centred_sum`, which hold a value per channel; into = scale * m, or += with `add`. `into` may
// be `gradient`.
template <typename T>
void norm_relu_backward_rows(const Rows<const T>& gradient, const Rows<const T>& maps,
                             const Affine<T>& norm, const Rows<T>& into, bool add, T* sum,
                             T* centred_sum);

// out = gradient - constant - slope * (maps - mean). `out` may be `gradient`.
template <typename T>
void through_moments_rows(const Rows<const T>& gradient, const Rows<const T>& maps, const T* mean,
                          const T* constant, const T* slope, const Rows<T>& out);

// Adds the rows to `sum`.
template <typename T>
void sum_rows(const Rows<const T>& in, T* sum);

// Adds (in - mean)^2 to `sum`.
template <typename T>
void centred_square_rows(const Rows<const T>& in, const T* mean, T* sum);

}  // namespace radsweep::kernels::cpu
