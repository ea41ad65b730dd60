// The augmentation kernel, run on the CPU by fake_gpu.cc, beside the loops of worker/data.
#include <ATen/ops/empty.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "tests/worker/kernels/fake_gpu.h"
#include "worker/data/augment.h"
#include "worker/kernels/cuda/augment.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep;
using namespace kernels::cuda;

namespace {

struct Images {
  int count, height, width;

  std::int64_t pixels() const { return std::int64_t{height} * width; }
};

// Black in large parts, as radiographs are.
std::vector<std::uint8_t> stored(const Images& images) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(images.count * images.pixels()));
  std::uint32_t state = 9;
  for (std::uint8_t& pixel : pixels) {
    state = state * 1664525 + 1013904223;
    pixel = state >> 31 ? static_cast<std::uint8_t>(state >> 23) : 0;
  }
  return pixels;
}

template <typename T>
at::Tensor bytes_of(const std::vector<T>& values, at::IntArrayRef shape) {
  at::Tensor bytes = at::empty(shape, at::kByte);
  REQUIRE(bytes.nbytes() == values.size() * sizeof(T));
  std::memcpy(bytes.mutable_data_ptr(), values.data(), bytes.nbytes());
  return bytes;
}

// [images, 3, height, width], from the loops' [height, width, 3].
std::vector<float> by_loops(const Images& images, const std::vector<std::uint8_t>& pixels,
                            const std::vector<data::AugmentDraw>& draws,
                            const std::string& pad_mode) {
  const auto size = static_cast<std::size_t>(images.pixels());
  std::vector<float> all;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    std::vector<float> rgb(3 * size);
    data::augment_to_rgb(std::span(pixels).subspan(i * size, size), images.height, images.width,
                         draws[i], pad_mode, rgb);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      for (std::size_t p = 0; p < size; ++p) all.push_back(rgb[3 * p + channel]);
    }
  }
  return all;
}

// Bit for bit; of different ones the first is told.
void check_same_bits(const Images& images, const std::vector<data::AugmentDraw>& draws,
                     const std::string& pad_mode) {
  const auto pixels = stored(images);
  std::vector<pixel::Change> changes;
  for (const data::AugmentDraw& draw : draws) {
    changes.push_back(data::change_of(draw, images.height, images.width, pad_mode));
  }
  const at::Tensor actual = augmented(
      fake_gpu(), bytes_of(pixels, {images.count, images.height, images.width}),
      bytes_of(changes, {static_cast<std::int64_t>(changes.size() * sizeof(pixel::Change))}));
  const std::vector<float> expected = by_loops(images, pixels, draws, pad_mode);
  REQUIRE(actual.sizes() == at::IntArrayRef({images.count, 3, images.height, images.width}));
  const float* values = actual.const_data_ptr<float>();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    REQUIRE(std::bit_cast<std::uint32_t>(values[i]) == std::bit_cast<std::uint32_t>(expected[i]));
  }
}

std::vector<data::AugmentDraw> drawn(int count) {
  attempt::AugmentRecipe recipe;
  recipe.p_affine = recipe.p_lighting = 0.9;
  std::vector<data::AugmentDraw> draws;
  for (int i = 0; i < count; ++i) {
    draws.push_back(data::draw_augment(recipe, 3, 1, static_cast<std::uint64_t>(i), 0));
  }
  return draws;
}

}  // namespace

TEST_CASE("a GPU augments images to the bits that processors make of them") {
  for (const char* pad_mode : {"zeros", "border", "reflection"}) {
    CAPTURE(std::string(pad_mode));
    check_same_bits({12, 40, 40}, drawn(12), pad_mode);
    check_same_bits({5, 9, 23}, drawn(5), pad_mode);  // neither square nor whole blocks
    check_same_bits({2, 1, 7}, drawn(2), pad_mode);
  }
}

TEST_CASE("a GPU reflects what lies several images outside as processors do") {
  check_same_bits({1, 20, 30}, {{.zoom = 0.1, .zoom_x = 0.2}}, "reflection");
}

TEST_CASE("a GPU leaves pixels in their place, or their values alone, as processors do") {
  check_same_bits({3, 16, 17}, {{}, {.contrast = 1.2}, {.flip = true}}, "zeros");
}

TEST_CASE("a GPU augments no images to none") {
  CHECK(augmented(fake_gpu(), at::empty({0, 8, 8}, at::kByte), at::empty({0}, at::kByte)).sizes() ==
        at::IntArrayRef({0, 3, 8, 8}));
}
