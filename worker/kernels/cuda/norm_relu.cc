#include "worker/kernels/cuda/norm_relu.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "worker/kernels/cpu/rows.h"
#include "worker/kernels/cpu/tensors.h"

namespace radsweep::kernels::cuda {
namespace {

// Kernels take Maps as cpu::Rows<float>: data, rows, channels, stride.
using cpu::channels_last;
using cpu::row_stride;

cpu::Rows<float> maps_of(const at::Tensor& maps) {
  return cpu::rows_of<float>(maps);
}

// The kernels' Norm; keeps alive what it points to.
struct HeldNorm {
  explicit HeldNorm(const Norm& given)
      : norm{given.mean.contiguous(), given.inverse_std.contiguous(), given.scale.contiguous(),
             given.shift.contiguous()} {}

  struct Pointers {
    const float *mean, *scale, *shift;
  };
  Pointers pointers() const {
    return {norm.mean.const_data_ptr<float>(), norm.scale.const_data_ptr<float>(),
            norm.shift.const_data_ptr<float>()};
  }

  Norm norm;
};

// A block for every 32 channels and part of the rows. A part has 128 rows, 16 for each thread, or
// more: 512 parts of 64 channels fill the largest card's 132 x 8 blocks.
Grid grid_for(const cpu::Rows<float>& maps) {
  return {(maps.channels + 31) / 32, std::clamp<std::int64_t>(maps.rows / 128, 1, 512)};
}

// One value a channel.
at::Tensor per_channel(std::int64_t channels, const at::Tensor& like) {
  return at::empty({channels}, like.options().memory_format({}));
}

// What the blocks of a grid leave for the kernel that joins it: [parts, channels, values].
at::Tensor parts_of(const Grid& grid, std::int64_t channels, int values, const at::Tensor& like) {
  return at::empty({grid.height, channels, values}, like.options().memory_format({}));
}

Grid joining(const Grid& grid) {
  return {grid.width, 1};
}

}  // namespace

bool handles(const at::Tensor& maps) {
  return maps.is_cuda() && maps.scalar_type() == at::kFloat && maps.dim() == 4 &&
         maps.numel() > 0 && row_stride(maps);
}

Moments channel_moments(const Gpu& gpu, const at::Tensor& maps) {
  const cpu::Rows<float> in = maps_of(maps);
  const Grid grid = grid_for(in);
  const at::Tensor parts = parts_of(grid, in.channels, 3, maps);
  gpu.launch("channel_moments", grid, in, parts.data_ptr());
  const Moments result{per_channel(in.channels, maps), per_channel(in.channels, maps)};
  gpu.launch("joined_moments", joining(grid), parts.data_ptr(), grid.height, in.channels,
             result.mean.data_ptr(), result.variance.data_ptr());
  return result;
}

at::Tensor norm_relu(const Gpu& gpu, const at::Tensor& maps, const Norm& norm) {
  const HeldNorm held(norm);
  const cpu::Rows<float> in = maps_of(maps);
  const at::Tensor result = channels_last(maps.sizes(), maps);
  gpu.launch("norm_relu", grid_for(in), in, held.pointers(), maps_of(result));
  return result;
}

NormGradient norm_relu_backward(const Gpu& gpu, const at::Tensor& gradient, const at::Tensor& maps,
                                const Norm& norm, const at::Tensor& into, Write write) {
  const HeldNorm held(norm);
  const cpu::Rows<float> in = maps_of(maps);
  const Grid grid = grid_for(in);
  const at::Tensor parts = parts_of(grid, in.channels, 2, maps);
  gpu.launch("norm_relu_backward", grid, maps_of(gradient), in, held.pointers(), maps_of(into),
             write == Write::add, parts.data_ptr());
  const NormGradient result{per_channel(in.channels, maps), per_channel(in.channels, maps)};
  gpu.launch("joined_sums", joining(grid), parts.data_ptr(), grid.height, in.channels,
             held.norm.inverse_std.const_data_ptr<float>(), result.weight.data_ptr(),
             result.bias.data_ptr());
  return result;
}

at::Tensor through_moments(const Gpu& gpu, const at::Tensor& gradient, const at::Tensor& maps,
                           const at::Tensor& mean, const MomentsGradient& correction) {
  const at::Tensor centre = mean.contiguous(), constant = correction.constant.contiguous(),
                   slope = correction.slope.contiguous();
  const cpu::Rows<float> in = maps_of(maps);
  const at::Tensor result = channels_last(maps.sizes(), maps);
  gpu.launch("through_moments", grid_for(in), maps_of(gradient), in, centre.data_ptr(),
             constant.data_ptr(), slope.data_ptr(), maps_of(result));
  return result;
}

}  // namespace radsweep::kernels::cuda
