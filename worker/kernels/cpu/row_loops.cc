#include "worker/kernels/cpu/row_loops.h"

#include <bit>
#include <type_traits>

#include "worker/kernels/cpu/vectorised.h"

namespace radsweep::kernels::cpu {
namespace {

// LibTorch's conversions of bf16 have branches; these become vector instructions.

template <typename T>
inline Wide<T> wide(T value) {
  if constexpr (std::is_same_v<T, c10::BFloat16>) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value.x) << 16);
  } else {
    return value;
  }
}

// The 16 bits of the nearest bf16, of two the even one, of a result of arithmetic: where that is no
// number it is a quiet NaN, which stays one without its last bits.
inline std::uint32_t rounded_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits + (value == value ? 0x7fff + ((bits >> 16) & 1) : 0)) >> 16;
}

// Rounded to T, as an Out.
template <typename T, typename Out>
inline Out stored(Wide<T> value) {
  if constexpr (!std::is_same_v<T, c10::BFloat16>) {
    return value;
  } else if constexpr (std::is_same_v<Out, float>) {
    return std::bit_cast<float>(rounded_bits(value) << 16);
  } else {
    return {static_cast<std::uint16_t>(rounded_bits(value)), c10::BFloat16::from_bits()};
  }
}

// The loops over channels, which the compiler turns into vector instructions.

template <typename T, typename Out>
RADSWEEP_VECTORISED void norm_relu_row(std::int64_t n, const T* __restrict x,
                                       const Wide<T>* __restrict scale,
                                       const Wide<T>* __restrict shift, Out* __restrict y) {
  for (std::int64_t c = 0; c < n; ++c) {
    const Wide<T> value = wide(x[c]) * scale[c] + shift[c];
    y[c] = stored<T, Out>(Wide<T>(0) > value ? Wide<T>(0) : value);  // NaN stays, as in LibTorch
  }
}

// `g` and `into` may be one.
template <typename G, typename T, typename Into, bool add>
RADSWEEP_VECTORISED void norm_relu_backward_row(std::int64_t n, const G* g, const T* __restrict x,
                                                const Wide<T>* __restrict scale,
                                                const Wide<T>* __restrict shift,
                                                const Wide<T>* __restrict mean, Into* into,
                                                Wide<T>* __restrict sum,
                                                Wide<T>* __restrict centred_sum) {
#pragma GCC ivdep
  for (std::int64_t c = 0; c < n; ++c) {
    const Wide<T> gradient = wide(g[c]);
    const Wide<T> value = wide(x[c]);
    const Wide<T> m = value * scale[c] + shift[c] <= 0 ? Wide<T>(0) : gradient;
    sum[c] += m;
    centred_sum[c] += m * (value - mean[c]);
    into[c] = stored<Into, Into>(add ? wide(into[c]) + scale[c] * m : scale[c] * m);
  }
}

template <typename G, typename T>
RADSWEEP_VECTORISED void through_moments_row(std::int64_t n, const G* g, const T* __restrict x,
                                             const Wide<T>* __restrict mean,
                                             const Wide<T>* __restrict constant,
                                             const Wide<T>* __restrict slope, T* out) {
#pragma GCC ivdep
  for (std::int64_t c = 0; c < n; ++c) {
    out[c] = stored<T, T>(wide(g[c]) - constant[c] - slope[c] * (wide(x[c]) - mean[c]));
  }
}

template <typename T>
RADSWEEP_VECTORISED void add_row(std::int64_t n, const T* __restrict x, Wide<T>* __restrict sum) {
  for (std::int64_t c = 0; c < n; ++c) sum[c] += wide(x[c]);
}

// Two rows at once: half as many loads and stores of the sums.
template <typename T>
RADSWEEP_VECTORISED void add_two_rows(std::int64_t n, const T* __restrict x, const T* __restrict y,
                                      Wide<T>* __restrict sum) {
  for (std::int64_t c = 0; c < n; ++c) sum[c] += wide(x[c]) + wide(y[c]);
}

template <typename T>
RADSWEEP_VECTORISED void add_centred_squares(std::int64_t n, const T* __restrict x,
                                             const Wide<T>* __restrict mean,
                                             Wide<T>* __restrict sum) {
  for (std::int64_t c = 0; c < n; ++c) {
    sum[c] += (wide(x[c]) - mean[c]) * (wide(x[c]) - mean[c]);
  }
}

}  // namespace

template <typename T, typename Out>
void norm_relu_rows(const Rows<const T>& in, const Affine<Wide<T>>& norm, const Rows<Out>& out) {
  for (std::int64_t r = 0; r < in.rows; ++r) {
    norm_relu_row(in.channels, in.at(r), norm.scale, norm.shift, out.at(r));
  }
}

template <typename G, typename T, typename Into>
void norm_relu_backward_rows(const Rows<const G>& gradient, const Rows<const T>& maps,
                             const Affine<Wide<T>>& norm, const Rows<Into>& into, bool add,
                             Wide<T>* sum, Wide<T>* centred_sum) {
  const auto row =
      add ? norm_relu_backward_row<G, T, Into, true> : norm_relu_backward_row<G, T, Into, false>;
  for (std::int64_t r = 0; r < maps.rows; ++r) {
    row(maps.channels, gradient.at(r), maps.at(r), norm.scale, norm.shift, norm.mean, into.at(r),
        sum, centred_sum);
  }
}

template <typename G, typename T>
void through_moments_rows(const Rows<const G>& gradient, const Rows<const T>& maps,
                          const Wide<T>* mean, const Wide<T>* constant, const Wide<T>* slope,
                          const Rows<T>& out) {
  for (std::int64_t r = 0; r < maps.rows; ++r) {
    through_moments_row(maps.channels, gradient.at(r), maps.at(r), mean, constant, slope,
                        out.at(r));
  }
}

template <typename T>
void sum_rows(const Rows<const T>& in, Wide<T>* sum) {
  std::int64_t r = 0;
  for (; r + 1 < in.rows; r += 2) add_two_rows(in.channels, in.at(r), in.at(r + 1), sum);
  for (; r < in.rows; ++r) add_row(in.channels, in.at(r), sum);
}

template <typename T>
void centred_square_rows(const Rows<const T>& in, const Wide<T>* mean, Wide<T>* sum) {
  for (std::int64_t r = 0; r < in.rows; ++r) {
    add_centred_squares(in.channels, in.at(r), mean, sum);
  }
}

#define RADSWEEP_INSTANTIATE_NORM(T, Out) \
  template void norm_relu_rows(const Rows<const T>&, const Affine<Wide<T>>&, const Rows<Out>&);
#define RADSWEEP_INSTANTIATE_BACKWARD(G, T, Into)                                                  \
  template void norm_relu_backward_rows(const Rows<const G>&, const Rows<const T>&,                \
                                        const Affine<Wide<T>>&, const Rows<Into>&, bool, Wide<T>*, \
                                        Wide<T>*);
#define RADSWEEP_INSTANTIATE_MOMENTS(G, T)                                                       \
  template void through_moments_rows(const Rows<const G>&, const Rows<const T>&, const Wide<T>*, \
                                     const Wide<T>*, const Wide<T>*, const Rows<T>&);
#define RADSWEEP_INSTANTIATE(T)                           \
  RADSWEEP_INSTANTIATE_NORM(T, T)                         \
  RADSWEEP_INSTANTIATE_BACKWARD(T, T, T)                  \
  RADSWEEP_INSTANTIATE_MOMENTS(T, T)                      \
  template void sum_rows(const Rows<const T>&, Wide<T>*); \
  template void centred_square_rows(const Rows<const T>&, const Wide<T>*, Wide<T>*);
RADSWEEP_INSTANTIATE(float)
RADSWEEP_INSTANTIATE(double)
RADSWEEP_INSTANTIATE(c10::BFloat16)
RADSWEEP_INSTANTIATE_NORM(c10::BFloat16, float)
RADSWEEP_INSTANTIATE_BACKWARD(float, c10::BFloat16, float)
RADSWEEP_INSTANTIATE_BACKWARD(c10::BFloat16, c10::BFloat16, float)
RADSWEEP_INSTANTIATE_MOMENTS(float, c10::BFloat16)
#undef RADSWEEP_INSTANTIATE
#undef RADSWEEP_INSTANTIATE_NORM
#undef RADSWEEP_INSTANTIATE_BACKWARD
#undef RADSWEEP_INSTANTIATE_MOMENTS

}  // namespace radsweep::kernels::cpu
