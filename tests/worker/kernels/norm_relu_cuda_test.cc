// The CUDA kernels, run on the CPU by fake_gpu.cc, beside ATen's operators in float64.
#include "worker/kernels/cuda/norm_relu.h"

#include <ATen/ATen.h>

#include <limits>
#include <optional>

#include "tests/worker/kernels/fake_gpu.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr double kTolerance = 1e-5;

at::Tensor randn(at::IntArrayRef size, std::uint64_t seed) {
  return at::randn(size, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

struct Shape {
  const char* what;
  std::int64_t n, c, h, w;
  std::int64_t wider = 0, first = 0;  // maps are channels first, .. of so many
  at::MemoryFormat format = at::MemoryFormat::ChannelsLast;
};

constexpr at::MemoryFormat kFormats[] = {at::MemoryFormat::ChannelsLast,
                                         at::MemoryFormat::Contiguous};

const Shape kShapes[] = {
    {"several images, not square, odd sides", 5, 10, 9, 7},
    {"more channels than a block, not a multiple", 3, 70, 12, 11},
    {"one pixel an image, fewer than a block's rows", 6, 33, 1, 1},
    {"one value a channel", 1, 3, 1, 1},
    {"one channel", 4, 1, 40, 40},
    {"some channels of wider maps", 2, 48, 21, 20, 90, 20},
    {"the most parts that pixels are divided into", 1, 3, 300, 301},
    {"more images than threads, of few pixels", 300, 2, 2, 3},
};

at::Tensor maps_of(const Shape& shape, std::uint64_t seed) {
  const std::int64_t channels = shape.wider ? shape.wider : shape.c;
  return (randn({shape.n, channels, shape.h, shape.w}, seed) * 2 + 1)
      .contiguous(shape.format)
      .narrow(1, shape.first, shape.c);
}

// As ATen's operators take it: cpu/ leaves planes of float64 to them.
at::Tensor exact(const at::Tensor& tensor) {
  return tensor.to(at::kDouble).contiguous();
}

Norm exact(const Norm& norm) {
  return {exact(norm.mean), exact(norm.inverse_std), exact(norm.scale), exact(norm.shift)};
}

Norm norm_of(const Shape& shape) {
  return {randn({shape.c}, 1) + 1, randn({shape.c}, 2).abs() + 0.3, randn({shape.c}, 3) + 1,
          randn({shape.c}, 4)};
}

void check_equal(const at::Tensor& actual, const at::Tensor& expected) {
  REQUIRE(actual.sizes() == expected.sizes());
  const double largest = expected.abs().max().item<double>();
  CHECK((exact(actual) - expected).abs().max().item<double>() <= kTolerance * largest);
}

Shape in_format(at::MemoryFormat format, std::int64_t n, std::int64_t c, std::int64_t h,
                std::int64_t w) {
  return {"", n, c, h, w, 0, 0, format};
}

// Runs channels last and first.
template <typename Check>
void for_each_format(Check check) {
  const cuda::Gpu gpu = cuda::fake_gpu();
  for (const at::MemoryFormat format : kFormats) {
    CAPTURE(format);
    check(gpu, format);
  }
}

// Runs for every shape, channels last and first, and in both orders of threads.
template <typename Check>
void for_each_shape(Check check) {
  for_each_format([&check](const cuda::Gpu& gpu, at::MemoryFormat format) {
    for (Shape shape : kShapes) {
      shape.format = format;
      for (const bool descending : {false, true}) {
        CAPTURE(shape.what);
        CAPTURE(descending);
        std::optional<cuda::FakeGpuSetting> setting;
        if (descending) setting.emplace("FAKE_GPU_ORDER", "descending");
        check(gpu, shape);
      }
    }
  });
}

void check_backward(const cuda::Gpu& gpu, const Shape& shape, const at::Tensor& gradient,
                    const at::Tensor& into, Write write) {
  const at::Tensor maps = maps_of(shape, 5), expected_into = exact(into);
  const NormGradient expected =
      norm_relu_backward(exact(gradient), exact(maps), exact(norm_of(shape)), expected_into, write);
  const NormGradient actual =
      cuda::norm_relu_backward(gpu, gradient, maps, norm_of(shape), into, write);
  check_equal(actual.weight, expected.weight);
  check_equal(actual.bias, expected.bias);
  check_equal(into, expected_into);
}

}  // namespace

TEST_CASE("the CUDA kernels' moments are those of ATen") {
  for_each_shape([](const cuda::Gpu& gpu, const Shape& shape) {
    const at::Tensor maps = maps_of(shape, 5);
    const Moments actual = cuda::channel_moments(gpu, maps);
    const Moments expected = channel_moments(exact(maps));
    check_equal(actual.mean, expected.mean);
    check_equal(actual.variance, expected.variance);
  });
}

TEST_CASE("the CUDA kernels' variance keeps its precision far from zero") {
  for_each_format([](const cuda::Gpu& gpu, at::MemoryFormat format) {
    const at::Tensor alike = maps_of(in_format(format, 6, 5, 40, 40), 5) + 3000;
    const at::Tensor outlier = alike.clone();
    outlier[0].select(1, 0).select(1, 0).fill_(0);  // the first value
    for (const at::Tensor& maps : {alike, outlier}) {
      CHECK(maps.is_contiguous(format));
      check_equal(cuda::channel_moments(gpu, maps).variance, channel_moments(exact(maps)).variance);
    }
  });
}

TEST_CASE("the CUDA kernels give values that are all alike a variance of zero") {
  for_each_format([](const cuda::Gpu& gpu, at::MemoryFormat format) {
    const at::Tensor maps = at::full({3, 5, 20, 21}, 0.1f).contiguous(format);
    CHECK(cuda::channel_moments(gpu, maps).variance.equal(at::zeros({5})));
  });
}

TEST_CASE("the CUDA kernels' norm with ReLU is that of ATen, in the same memory format") {
  for_each_shape([](const cuda::Gpu& gpu, const Shape& shape) {
    const at::Tensor maps = maps_of(shape, 5);
    const at::Tensor actual = cuda::norm_relu(gpu, maps, norm_of(shape));
    check_equal(actual, norm_relu(exact(maps), exact(norm_of(shape))));
    CHECK(actual.is_contiguous(shape.format));
  });
}

TEST_CASE("the CUDA kernels' gradients of norm with ReLU are those of ATen, written over maps") {
  for_each_shape([](const cuda::Gpu& gpu, const Shape& shape) {
    const at::Tensor nothing =
        at::full_like(maps_of(shape, 6), std::numeric_limits<float>::quiet_NaN());
    check_backward(gpu, shape, maps_of(shape, 6), nothing, Write::over);
  });
}

TEST_CASE("the CUDA kernels' gradients are those of ATen when written over the given gradient") {
  for_each_shape([](const cuda::Gpu& gpu, const Shape& shape) {
    const at::Tensor gradient = maps_of(shape, 6);
    check_backward(gpu, shape, gradient, gradient, Write::over);
  });
}

TEST_CASE("the CUDA kernels' gradients are those of ATen when added to maps") {
  for_each_shape([](const cuda::Gpu& gpu, const Shape& shape) {
    check_backward(gpu, shape, maps_of(shape, 6), maps_of(shape, 7), Write::add);
  });
}

TEST_CASE("the CUDA kernels leave the other channels of wider maps alone") {
  for_each_format([](const cuda::Gpu& gpu, at::MemoryFormat format) {
    const Shape shape = in_format(format, 2, 48, 21, 20);
    const at::Tensor wide = maps_of(in_format(format, 2, 90, 21, 20), 7), before = wide.clone();
    const at::Tensor into = wide.narrow(1, 20, 48);
    cuda::norm_relu_backward(gpu, maps_of(shape, 6), maps_of(shape, 5), norm_of(shape), into,
                             Write::add);
    CHECK_FALSE(into.equal(before.narrow(1, 20, 48)));
    CHECK(wide.narrow(1, 0, 20).equal(before.narrow(1, 0, 20)));
    CHECK(wide.narrow(1, 68, 22).equal(before.narrow(1, 68, 22)));
  });
}

TEST_CASE("the CUDA kernels take moments' part off a gradient as ATen does") {
  for_each_shape([](const cuda::Gpu& gpu, const Shape& shape) {
    const at::Tensor gradient = maps_of(shape, 6), maps = maps_of(shape, 5);
    const Norm norm = norm_of(shape);
    check_equal(cuda::through_moments(gpu, gradient, maps, norm.mean, {norm.scale, norm.shift}),
                through_moments(exact(gradient), exact(maps), exact(norm.mean),
                                {exact(norm.scale), exact(norm.shift)}));
  });
}

TEST_CASE("the CUDA kernels' bits do not depend on the order in which threads and blocks run") {
  for_each_format([](const cuda::Gpu& gpu, at::MemoryFormat format) {
    const Shape shape = in_format(format, 7, 70, 31, 30);
    const auto results = [&] {
      const Moments moments = cuda::channel_moments(gpu, maps_of(shape, 5));
      const NormGradient sums =
          cuda::norm_relu_backward(gpu, maps_of(shape, 6), maps_of(shape, 5), norm_of(shape),
                                   maps_of(shape, 7), Write::over);
      return at::cat({moments.mean, moments.variance, sums.weight, sums.bias});
    };
    const at::Tensor ascending = results();
    const cuda::FakeGpuSetting setting("FAKE_GPU_ORDER", "descending");
    CHECK(results().equal(ascending));
  });
}

TEST_CASE("the CUDA kernels pass NaN on") {
  for_each_format([](const cuda::Gpu& gpu, at::MemoryFormat format) {
    const Shape shape = in_format(format, 2, 4, 20, 20);
    const at::Tensor maps = maps_of(shape, 5), third = at::tensor({2}, at::kLong).view({1, 1});
    maps[1][2][7][8] = std::numeric_limits<float>::quiet_NaN();
    const Moments moments = cuda::channel_moments(gpu, maps);
    CHECK(moments.mean.isnan().nonzero().equal(third));
    CHECK(moments.variance.isnan().nonzero().equal(third));
    CHECK(cuda::norm_relu(gpu, maps, norm_of(shape)).isnan().equal(maps.isnan()));
    // where the ReLU was given NaN the gradient passes, whatever it is
    const at::Tensor into = at::empty_like(maps), gradient = maps_of(shape, 6);
    const NormGradient by =
        cuda::norm_relu_backward(gpu, gradient, maps, norm_of(shape), into, Write::over);
    CHECK(into[1][2][7][8].equal(gradient[1][2][7][8] * norm_of(shape).scale[2]));
    CHECK(by.weight.isnan().nonzero().equal(third));
  });
}

TEST_CASE("the CUDA kernels' gradients may lie in memory in another order than the maps") {
  const cuda::Gpu gpu = cuda::fake_gpu();
  Shape shape{"", 3, 40, 20, 19}, other = shape;
  other.format = at::MemoryFormat::Contiguous;
  SUBCASE("maps channels last") {}
  SUBCASE("maps channels first") {
    std::swap(shape, other);
  }
  check_backward(gpu, shape, maps_of(other, 6), maps_of(other, 7), Write::add);
}

TEST_CASE("maps in any order are the CUDA kernels' own, if the pixels are evenly apart") {
  for (Shape shape : kShapes) {
    for (const at::MemoryFormat format : kFormats) {
      shape.format = format;
      CHECK(cuda::laid_out_for_kernels(maps_of(shape, 5)));
    }
  }
  const at::Tensor maps = maps_of({"", 2, 3, 8, 8}, 5);
  CHECK_FALSE(cuda::laid_out_for_kernels(maps.narrow(3, 0, 4)));  // part of every row
  CHECK_FALSE(cuda::laid_out_for_kernels(maps.narrow(0, 0, 0)));
  CHECK_FALSE(cuda::laid_out_for_kernels(maps[0]));
  const auto of_size = [](at::IntArrayRef size) {
    return at::empty(size, at::TensorOptions(at::kMeta));  // without memory
  };
  CHECK(cuda::laid_out_for_kernels(of_size({2, 400, 2000, 2000})));
  CHECK_FALSE(cuda::laid_out_for_kernels(of_size({2, 400, 4000, 2000})));  // 6.4e9 values
  CHECK_FALSE(cuda::laid_out_for_kernels(of_size({70, 1, 4000, 4000})));   // 1.1e9 pixels
}

TEST_CASE("maps on the CPU are not the CUDA kernels' own") {
  CHECK_FALSE(cuda::handles(maps_of(kShapes[0], 5)));
}
