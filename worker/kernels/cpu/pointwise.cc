#include "worker/kernels/cpu/pointwise.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "worker/kernels/cpu/tensors.h"

namespace radsweep::kernels::cpu {
namespace {

// Fewer do not make an efficient matrix product.
constexpr std::int64_t kFewestRows = 64;

// Pixels that go through all steps together: half a mebibyte at most, so that a second-level cache
// of one mebibyte holds them with what stands beside them, and that calling a matrix product (tens
// of microseconds for bf16) is a small part of it.
template <typename Factor>
std::int64_t rows_per_chunk(std::int64_t channels) {
  const auto bytes = static_cast<std::int64_t>(sizeof(Factor)) * channels;
  return std::clamp<std::int64_t>((std::int64_t{512} << 10) / bytes, kFewestRows, 1024);
}

// [n, c, h, w], channels last -> [pixels, c]
at::Tensor as_matrix(const at::Tensor& maps) {
  return maps.permute({0, 2, 3, 1}).reshape({-1, maps.size(1)});
}

// One contiguous share of the rows a thread: action(share, first row, end row).
template <typename Action>
void for_each_share(std::int64_t rows, std::int64_t shares, Action&& action) {
  at::parallel_for(0, shares, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_grad;
    for (std::int64_t share = begin; share < end; ++share) {
      action(share, rows * share / shares, rows * (share + 1) / shares);
    }
  });
}

std::int64_t shares_of(std::int64_t rows) {
  const std::int64_t most = (rows + kFewestRows - 1) / kFewestRows;
  return std::min<std::int64_t>(at::get_num_threads(), most);
}

// A weight with the values it has among maps of T, as a matrix of Factor: [out, c].
template <typename T, typename Factor>
at::Tensor weight_matrix(const at::Tensor& weight) {
  return weight.detach()
      .reshape({weight.size(0), -1})
      .to(c10::CppTypeToScalarType<T>::value)
      .to(c10::CppTypeToScalarType<Factor>::value);
}

// T: of the maps; Factor: what is multiplied, T or what it is widened to.
template <typename T, typename Factor>
void forward_rows(const at::Tensor& maps, const HeldAffine& norm, const at::Tensor& transposed,
                  const at::Tensor& result) {
  const auto in = rows_of<const T>(maps);
  const std::int64_t size = rows_per_chunk<Factor>(in.channels);
  for_each_share(
      in.rows, shares_of(in.rows), [&](std::int64_t, std::int64_t row, std::int64_t end) {
        const at::Tensor active = at::empty({size, in.channels}, transposed.options());
        for (; row < end; row += size) {
          const std::int64_t rows = std::min(size, end - row);
          norm_relu_rows(
              in.part(row, rows), norm.of<Wide<T>>(),
              Rows<Factor>{active.mutable_data_ptr<Factor>(), rows, in.channels, in.channels});
          at::Tensor out = result.narrow(0, row, rows);
          if constexpr (std::is_same_v<T, Factor>) {
            at::mm_out(out, active.narrow(0, 0, rows), transposed);
          } else {
            out.copy_(at::mm(active.narrow(0, 0, rows), transposed));
          }
        }
      });
}

// What one thread adds up.
template <typename T>
struct Share {
  std::vector<T> chunk_sums;  // per channel: m, then m * (x - mean)
  std::vector<double> sums;
  at::Tensor weight;
};

// What a pending gradient takes off, ready for the loops.
template <typename T>
class Given {
 public:
  explicit Given(const PendingGradient& pending)
      : gradient_(as_matrix(pending.gradient)), is_whole_(pending.is_whole()) {
    if (is_whole_) return;
    rows_ = rows_of<const T>(pending.gradient);
    maps_ = rows_of<const T>(pending.maps);
    mean_ = pending.mean.contiguous();
    constant_ = pending.correction.constant.contiguous();
    slope_ = pending.correction.slope.contiguous();
  }

  // So many whole rows, in `scratch` unless they are at hand.
  at::Tensor rows(std::int64_t row, std::int64_t count, const at::Tensor& scratch) const {
    if (is_whole_) return gradient_.narrow(0, row, count);
    const std::int64_t channels = gradient_.size(1);
    through_moments_rows(rows_.part(row, count), maps_.part(row, count), values_of<Wide<T>>(mean_),
                         values_of<Wide<T>>(constant_), values_of<Wide<T>>(slope_),
                         Rows<T>{scratch.mutable_data_ptr<T>(), count, channels, channels});
    return scratch.narrow(0, 0, count);
  }
  at::Tensor scratch(std::int64_t rows) const {
    return is_whole_ ? at::Tensor() : at::empty({rows, gradient_.size(1)}, gradient_.options());
  }

 private:
  at::Tensor gradient_;  // [pixels, out]
  bool is_whole_;
  at::Tensor mean_, constant_, slope_;
  Rows<const T> rows_{}, maps_{};
};

template <typename T, typename Factor>
struct Backward {
  using Sum = Wide<T>;
  const Given<T>& gradient;
  const at::Tensor& weight;  // [out, c] of Factor
  const HeldAffine& norm;
  Rows<const T> maps;
  Rows<Sum> into;
  bool wants_weight;

  // total += given^T * matrix
  static void add_product(at::Tensor& total, const at::Tensor& given, const at::Tensor& matrix) {
    if constexpr (std::is_same_v<Sum, Factor>) {
      at::addmm_out(total, total, given.t(), matrix);
    } else {
      const at::Tensor product = at::mm(given.t(), matrix).contiguous();  // as total is
      const std::int64_t values = product.numel();  // as one row: ATen adds mixed types slowly
      sum_rows(Rows<const Factor>{values_of<Factor>(product), 1, values, values},
               total.mutable_data_ptr<Sum>());
    }
  }

  void run(Share<Sum>& share, std::int64_t row, std::int64_t end) const {
    const std::int64_t channels = maps.channels, size = rows_per_chunk<Factor>(channels);
    const auto width = static_cast<std::size_t>(2 * channels);
    share.sums.assign(width, 0);
    if (wants_weight) {
      share.weight =
          at::zeros(weight.sizes(), weight.options().dtype(c10::CppTypeToScalarType<Sum>::value));
    }
    const at::Tensor scratch = at::empty({size, channels}, weight.options());
    const at::Tensor given_scratch = gradient.scratch(size);
    for (; row < end; row += size) {
      const std::int64_t rows = std::min(size, end - row);
      const Rows<Factor> chunk{scratch.mutable_data_ptr<Factor>(), rows, channels, channels};
      at::Tensor matrix = scratch.narrow(0, 0, rows);
      const at::Tensor given = gradient.rows(row, rows, given_scratch).to(weight.scalar_type());
      if (wants_weight) {
        norm_relu_rows(maps.part(row, rows), norm.of<Sum>(), chunk);
        add_product(share.weight, given, matrix);
      }
      at::mm_out(matrix, given, weight);
      share.chunk_sums.assign(width, Sum(0));
      norm_relu_backward_rows(Rows<const Factor>(chunk), maps.part(row, rows), norm.of<Sum>(),
                              into.part(row, rows), /*add=*/true, share.chunk_sums.data(),
                              share.chunk_sums.data() + channels);
      for (std::size_t i = 0; i < width; ++i) {
        share.sums[i] += static_cast<double>(share.chunk_sums[i]);
      }
    }
  }
};

template <typename T, typename Factor>
PointwiseGradient backward_rows(const Backward<T, Factor>& backward, const at::Tensor& like) {
  using Sum = Wide<T>;
  const std::int64_t channels = backward.maps.channels, rows = backward.maps.rows;
  std::vector<Share<Sum>> shares(static_cast<std::size_t>(shares_of(rows)));
  for_each_share(rows, static_cast<std::int64_t>(shares.size()),
                 [&](std::int64_t share, std::int64_t row, std::int64_t end) {
                   backward.run(shares[static_cast<std::size_t>(share)], row, end);
                 });
  Share<Sum>& total = shares.front();
  for (std::size_t i = 1; i < shares.size(); ++i) {
    for (std::size_t j = 0; j < total.sums.size(); ++j) total.sums[j] += shares[i].sums[j];
    if (backward.wants_weight) total.weight.add_(shares[i].weight);
  }
  return {{per_channel<Sum>(total.sums.data() + channels, channels, 1, like),
           per_channel<Sum>(total.sums.data(), channels, 1, like)},
          total.weight};
}

// action(a T, a Factor): of which types they are, for maps of `type`.
template <typename Action>
void with_types(at::ScalarType type, Products products, Action&& action) {
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, type, "norm_relu_pointwise", [&] {
    if (products == Products::native) {
      action(scalar_t{}, scalar_t{});
    } else {
      action(scalar_t{}, Wide<scalar_t>{});
    }
  });
}

}  // namespace

at::Tensor norm_relu_pointwise(const at::Tensor& maps, const Norm& norm, const at::Tensor& weight,
                               Products products) {
  const HeldAffine held(norm);
  const at::Tensor result =
      channels_last({maps.size(0), weight.size(0), maps.size(2), maps.size(3)}, maps);
  with_types(maps.scalar_type(), products, [&]<typename T, typename Factor>(T, Factor) {
    forward_rows<T, Factor>(maps, held, weight_matrix<T, Factor>(weight).t(), as_matrix(result));
  });
  return result;
}

PointwiseGradient norm_relu_pointwise_backward(const PendingGradient& gradient,
                                               const at::Tensor& maps, const Norm& norm,
                                               const at::Tensor& weight, bool wants_weight,
                                               const at::Tensor& into, Products products) {
  const HeldAffine held(norm);
  PointwiseGradient result;
  with_types(maps.scalar_type(), products, [&]<typename T, typename Factor>(T, Factor) {
    const at::Tensor matrix = weight_matrix<T, Factor>(weight);
    const Given<T> given(gradient);
    result = backward_rows(Backward<T, Factor>{given, matrix, held, rows_of<const T>(maps),
                                               rows_of<Wide<T>>(into), wants_weight},
                           maps);
  });
  result.norm.weight.mul_(norm.inverse_std);
  if (wants_weight) result.weight = result.weight.view_as(weight);
  return result;
}

}  // namespace radsweep::kernels::cpu
