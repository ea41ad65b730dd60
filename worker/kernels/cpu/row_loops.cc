#include "worker/kernels/cpu/row_loops.h"

#include "worker/kernels/cpu/vectorised.h"

namespace radsweep::kernels::cpu {
namespace {

// The loops over channels, which the compiler turns into vector instructions.

template <typename T>
RADSWEEP_VECTORISED void norm_relu_row(std::int64_t n, const T* __restrict x,
                                       const T* __restrict scale, const T* __restrict shift,
                                       T* __restrict y) {
  for (std::int64_t c = 0; c < n; ++c) {
    const T value = x[c] * scale[c] + shift[c];
    y[c] = value > 0 ? value : T(0);
  }
}

// `g` and `into` may be one.
template <typename T, bool add>
RADSWEEP_VECTORISED void norm_relu_backward_row(std::int64_t n, const T* g, const T* __restrict x,
                                                const T* __restrict scale,
                                                const T* __restrict shift, const T* __restrict mean,
                                                T* into, T* __restrict sum,
                                                T* __restrict centred_sum) {
#pragma GCC ivdep
  for (std::int64_t c = 0; c < n; ++c) {
    const T gradient = g[c];
    const T m = x[c] * scale[c] + shift[c] > 0 ? gradient : T(0);
    sum[c] += m;
    centred_sum[c] += m * (x[c] - mean[c]);
    into[c] = add ? into[c] + scale[c] * m : scale[c] * m;
  }
}

template <typename T>
RADSWEEP_VECTORISED void through_moments_row(std::int64_t n, const T* g, const T* __restrict x,
                                             const T* __restrict mean, const T* __restrict constant,
                                             const T* __restrict slope, T* out) {
#pragma GCC ivdep
  for (std::int64_t c = 0; c < n; ++c) out[c] = g[c] - constant[c] - slope[c] * (x[c] - mean[c]);
}

// Two rows at once: half as many loads and stores of the sums.
template <typename T>
RADSWEEP_VECTORISED void add_two_rows(std::int64_t n, const T* __restrict x, const T* __restrict y,
                                      T* __restrict sum) {
  for (std::int64_t c = 0; c < n; ++c) sum[c] += x[c] + y[c];
}

template <typename T>
RADSWEEP_VECTORISED void add_centred_squares(std::int64_t n, const T* __restrict x,
                                             const T* __restrict mean, T* __restrict sum) {
  for (std::int64_t c = 0; c < n; ++c) sum[c] += (x[c] - mean[c]) * (x[c] - mean[c]);
}

}  // namespace

template <typename T>
void norm_relu_rows(const Rows<const T>& in, const Affine<T>& norm, const Rows<T>& out) {
  for (std::int64_t r = 0; r < in.rows; ++r) {
    norm_relu_row(in.channels, in.at(r), norm.scale, norm.shift, out.at(r));
  }
}

template <typename T>
void norm_relu_backward_rows(const Rows<const T>& gradient, const Rows<const T>& maps,
                             const Affine<T>& norm, const Rows<T>& into, bool add, T* sum,
                             T* centred_sum) {
  const auto row = add ? norm_relu_backward_row<T, true> : norm_relu_backward_row<T, false>;
  for (std::int64_t r = 0; r < maps.rows; ++r) {
    row(maps.channels, gradient.at(r), maps.at(r), norm.scale, norm.shift, norm.mean, into.at(r),
        sum, centred_sum);
  }
}

template <typename T>
void through_moments_rows(const Rows<const T>& gradient, const Rows<const T>& maps, const T* mean,
                          const T* constant, const T* slope, const Rows<T>& out) {
  for (std::int64_t r = 0; r < maps.rows; ++r) {
    through_moments_row(maps.channels, gradient.at(r), maps.at(r), mean, constant, slope,
                        out.at(r));
  }
}

template <typename T>
void sum_rows(const Rows<const T>& in, T* sum) {
  std::int64_t r = 0;
  for (; r + 1 < in.rows; r += 2) add_two_rows(in.channels, in.at(r), in.at(r + 1), sum);
  for (; r < in.rows; ++r) {
    for (std::int64_t c = 0; c < in.channels; ++c) sum[c] += in.at(r)[c];
  }
}

template <typename T>
void centred_square_rows(const Rows<const T>& in, const T* mean, T* sum) {
  for (std::int64_t r = 0; r < in.rows; ++r) {
    add_centred_squares(in.channels, in.at(r), mean, sum);
  }
}

#define RADSWEEP_INSTANTIATE(T)                                                            \
  template void norm_relu_rows(const Rows<const T>&, const Affine<T>&, const Rows<T>&);    \
  template void norm_relu_backward_rows(const Rows<const T>&, const Rows<const T>&,        \
                                        const Affine<T>&, const Rows<T>&, bool, T*, T*);   \
  template void through_moments_rows(const Rows<const T>&, const Rows<const T>&, const T*, \
                                     const T*, const T*, const Rows<T>&);                  \
  template void sum_rows(const Rows<const T>&, T*);                                        \
  template void centred_square_rows(const Rows<const T>&, const T*, T*);
RADSWEEP_INSTANTIATE(float)
RADSWEEP_INSTANTIATE(double)
#undef RADSWEEP_INSTANTIATE

}  // namespace radsweep::kernels::cpu
