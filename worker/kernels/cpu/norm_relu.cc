#include "worker/kernels/cpu/norm_relu.h"

#include <ATen/Dispatch.h>

#include "worker/kernels/cpu/blocks.h"
#include "worker/kernels/cpu/tensors.h"

namespace radsweep::kernels::cpu {
namespace {

// Around each block's own mean, then put together: no precision is lost to a mean far from zero.
template <typename T>
Moments moments(const Rows<const T>& maps, const at::Tensor& like) {
  const std::int64_t channels = maps.channels;
  using Sum = Wide<T>;
  // per channel: sum of the values; of squares around the block's mean; of rows * that mean^2
  std::vector<double> sums = sum_over_blocks(
      maps.rows, channels, 3 * channels,
      [&](std::int64_t first, std::int64_t rows, double* totals) {
        const Rows<const T> block = maps.part(first, rows);
        std::vector<Sum> mean(static_cast<std::size_t>(channels)), squares(mean.size());
        sum_rows(block, mean.data());
        for (Sum& value : mean) value /= static_cast<Sum>(rows);
        centred_square_rows(block, mean.data(), squares.data());
        for (std::int64_t c = 0; c < channels; ++c) {
          const auto block_mean = static_cast<double>(mean[static_cast<std::size_t>(c)]);
          totals[c] += static_cast<double>(rows) * block_mean;
          totals[channels + c] += static_cast<double>(squares[static_cast<std::size_t>(c)]);
          totals[2 * channels + c] += static_cast<double>(rows) * block_mean * block_mean;
        }
      });
  const auto count = static_cast<double>(maps.rows);
  double* squares = sums.data() + channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    const double mean = sums[static_cast<std::size_t>(c)] / count;
    squares[c] += std::max(0.0, squares[channels + c] - count * mean * mean);
  }
  return {per_channel<Sum>(sums.data(), channels, 1 / count, like),
          per_channel<Sum>(squares, channels, 1 / count, like)};
}

}  // namespace

bool handles(const at::Tensor& maps) {
  const bool type = maps.scalar_type() == at::kFloat || maps.scalar_type() == at::kDouble ||
                    maps.scalar_type() == at::kBFloat16;
  return maps.is_cpu() && type && maps.dim() == 4 && maps.numel() > 0 && row_stride(maps);
}

bool handles(const at::Tensor& gradient, const at::Tensor& maps, const at::Tensor& into) {
  return handles(gradient) && handles(maps) && handles(into) &&
         gradient.scalar_type() == maps.scalar_type() && into.scalar_type() == maps.scalar_type();
}

bool handles(const PendingGradient& pending, const at::Tensor& maps) {
  const auto fits = [&](const at::Tensor& values) {
    return handles(values) && values.scalar_type() == maps.scalar_type();
  };
  return fits(pending.gradient) && (pending.is_whole() || fits(pending.maps));
}

Moments channel_moments(const at::Tensor& maps) {
  Moments result;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, maps.scalar_type(), "channel_moments", [&] {
    result = moments<scalar_t>(rows_of<const scalar_t>(maps), maps);
  });
  return result;
}

at::Tensor norm_relu(const at::Tensor& maps, const Norm& norm) {
  const HeldAffine held(norm);
  at::Tensor result = channels_last(maps.sizes(), maps);
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, maps.scalar_type(), "norm_relu", [&] {
    const auto in = rows_of<const scalar_t>(maps);
    const auto out = rows_of<scalar_t>(result);
    for_each_block(in.rows, in.channels, [&](std::int64_t first, std::int64_t rows) {
      norm_relu_rows(in.part(first, rows), held.of<Wide<scalar_t>>(), out.part(first, rows));
    });
  });
  return result;
}

NormGradient norm_relu_backward(const at::Tensor& gradient, const at::Tensor& maps,
                                const Norm& norm, const at::Tensor& into, Write write) {
  const HeldAffine held(norm);
  NormGradient result;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, maps.scalar_type(), "norm_relu_backward", [&] {
    using Sum = Wide<scalar_t>;
    const auto g = rows_of<const scalar_t>(gradient);
    const auto x = rows_of<const scalar_t>(maps);
    const auto out = rows_of<scalar_t>(into);
    const std::int64_t channels = x.channels;
    const std::vector<double> sums = sum_over_blocks(
        x.rows, channels, 2 * channels, [&](std::int64_t first, std::int64_t rows, double* totals) {
          std::vector<Sum> block(static_cast<std::size_t>(2 * channels));
          norm_relu_backward_rows(g.part(first, rows), x.part(first, rows), held.of<Sum>(),
                                  out.part(first, rows), write == Write::add, block.data(),
                                  block.data() + channels);
          for (std::size_t i = 0; i < block.size(); ++i) {
            totals[i] += static_cast<double>(block[i]);
          }
        });
    result.bias = per_channel<Sum>(sums.data(), channels, 1, maps);
    result.weight =
        per_channel<Sum>(sums.data() + channels, channels, 1, maps).mul_(norm.inverse_std);
  });
  return result;
}

namespace {

template <typename G, typename T>
void through_moments_blocks(const Rows<const G>& gradient, const Rows<const T>& maps,
                            const Wide<T>* mean, const Wide<T>* constant, const Wide<T>* slope,
                            const Rows<T>& out) {
  for_each_block(maps.rows, maps.channels, [&](std::int64_t first, std::int64_t rows) {
    through_moments_rows(gradient.part(first, rows), maps.part(first, rows), mean, constant, slope,
                         out.part(first, rows));
  });
}

}  // namespace

at::Tensor through_moments(const at::Tensor& gradient, const at::Tensor& maps,
                           const at::Tensor& mean, const MomentsGradient& correction) {
  const at::Tensor centre = mean.contiguous(), constant = correction.constant.contiguous(),
                   slope = correction.slope.contiguous();
  at::Tensor result = channels_last(maps.sizes(), maps);
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, maps.scalar_type(), "through_moments", [&] {
    using Sum = Wide<scalar_t>;
    const auto run = [&]<typename G>(const Rows<const G>& g) {
      through_moments_blocks(g, rows_of<const scalar_t>(maps), values_of<Sum>(centre),
                             values_of<Sum>(constant), values_of<Sum>(slope),
                             rows_of<scalar_t>(result));
    };
    if (gradient.scalar_type() == maps.scalar_type()) {
      run(rows_of<const scalar_t>(gradient));
    } else {
      run(rows_of<const Sum>(gradient));
    }
  });
  return result;
}

}  // namespace radsweep::kernels::cpu
