#include "worker/kernels/cuda/norm_relu.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace radsweep::kernels::cuda {
namespace {

constexpr std::int64_t kMostPixels = 1 << 30;                // they are counted in ints
constexpr std::int64_t kMostPlaces = std::int64_t{1} << 32;  // they are unsigned

// The kernels' Maps.
struct Maps {
  float* data;
  std::uint32_t image_stride, pixel_stride, channel_stride;
  int images, pixels, channels;
  bool planes;

  std::int64_t all_pixels() const { return std::int64_t{images} * pixels; }
};

Maps maps_of(const at::Tensor& maps) {
  const std::int64_t h = maps.size(2), w = maps.size(3);
  const std::int64_t pixel = w > 1 ? maps.stride(3) : h > 1 ? maps.stride(2) : 0;
  return {static_cast<float*>(maps.data_ptr()), static_cast<std::uint32_t>(maps.stride(0)),
          static_cast<std::uint32_t>(pixel),    static_cast<std::uint32_t>(maps.stride(1)),
          static_cast<int>(maps.size(0)),       static_cast<int>(h * w),
          static_cast<int>(maps.size(1)),       pixel == 1};
}

// Of the same sizes and order in memory.
at::Tensor maps_like(const at::Tensor& maps) {
  return at::empty(maps.sizes(), maps.options().memory_format(maps.suggest_memory_format()));
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

// 16 pixels for each thread or more, if there are so many. Channels last, 512 parts of 64 channels
// fill the largest card's 132 x 8 blocks.
Grid grid_for(const Maps& maps) {
  const std::int64_t part = maps.planes ? 4096 : 128;
  return {maps.planes ? maps.channels : (maps.channels + 31) / 32,
          std::clamp<std::int64_t>(maps.all_pixels() / part, 1, 512)};
}

// One value a channel.
at::Tensor per_channel(std::int64_t channels, const at::Tensor& like) {
  return at::empty({channels}, like.options().memory_format({}));
}

// What the blocks of a grid leave for the kernel that joins it: [parts, channels, values].
at::Tensor parts_of(const Grid& grid, std::int64_t channels, int values, const at::Tensor& like) {
  return at::empty({grid.height, channels, values}, like.options().memory_format({}));
}

int count_of(const Grid& grid) {
  return static_cast<int>(grid.height);
}

// The grid that joins parts: 32 channels a block, all parts.
Grid joining(std::int64_t channels) {
  return {(channels + 31) / 32, 1};
}

}  // namespace

bool laid_out_for_kernels(const at::Tensor& maps) {
  if (maps.dim() != 4 || maps.numel() == 0) return false;
  const std::int64_t h = maps.size(2), w = maps.size(3);
  const bool even = h == 1 || w == 1 || maps.stride(2) == w * maps.stride(3);
  std::int64_t last = 0;
  for (std::int64_t i = 0; i < 4; ++i) last += (maps.size(i) - 1) * maps.stride(i);
  return even && maps.size(0) * h * w < kMostPixels && last < kMostPlaces;
}

bool handles(const at::Tensor& maps) {
  return maps.is_cuda() && maps.scalar_type() == at::kFloat && laid_out_for_kernels(maps);
}

Moments channel_moments(const Gpu& gpu, const at::Tensor& maps) {
  const Maps in = maps_of(maps);
  const Grid grid = grid_for(in);
  const at::Tensor parts = parts_of(grid, in.channels, 3, maps);
  gpu.launch("channel_moments", grid, in, parts.data_ptr());
  const Moments result{per_channel(in.channels, maps), per_channel(in.channels, maps)};
  gpu.launch("joined_moments", joining(in.channels), parts.data_ptr(), count_of(grid), in.channels,
             result.mean.data_ptr(), result.variance.data_ptr());
  return result;
}

at::Tensor norm_relu(const Gpu& gpu, const at::Tensor& maps, const Norm& norm) {
  const HeldNorm held(norm);
  const Maps in = maps_of(maps);
  const at::Tensor result = maps_like(maps);
  gpu.launch("norm_relu", grid_for(in), in, held.pointers(), maps_of(result));
  return result;
}

NormGradient norm_relu_backward(const Gpu& gpu, const at::Tensor& gradient, const at::Tensor& maps,
                                const Norm& norm, const at::Tensor& into, Write write) {
  const HeldNorm held(norm);
  const Maps in = maps_of(maps);
  const Grid grid = grid_for(in);
  const at::Tensor parts = parts_of(grid, in.channels, 2, maps);
  gpu.launch("norm_relu_backward", grid, maps_of(gradient), in, held.pointers(), maps_of(into),
             write == Write::add, parts.data_ptr());
  const NormGradient result{per_channel(in.channels, maps), per_channel(in.channels, maps)};
  gpu.launch("joined_sums", joining(in.channels), parts.data_ptr(), count_of(grid), in.channels,
             held.norm.inverse_std.const_data_ptr<float>(), result.weight.data_ptr(),
             result.bias.data_ptr());
  return result;
}

at::Tensor through_moments(const Gpu& gpu, const at::Tensor& gradient, const at::Tensor& maps,
                           const at::Tensor& mean, const MomentsGradient& correction) {
  const at::Tensor centre = mean.contiguous(), constant = correction.constant.contiguous(),
                   slope = correction.slope.contiguous();
  const Maps in = maps_of(maps);
  const at::Tensor result = maps_like(maps);
  gpu.launch("through_moments", grid_for(in), maps_of(gradient), in, centre.data_ptr(),
             constant.data_ptr(), slope.data_ptr(), maps_of(result));
  return result;
}

}  // namespace radsweep::kernels::cuda
