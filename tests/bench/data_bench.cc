// How fast images come from files into the cache, and from the cache into batches; per thread.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "worker/data/augment.h"
#include "worker/data/jpeg.h"
#include "worker/data/lanczos_resize.h"

using namespace radsweep;

namespace {

// Smooth waves: compresses about as well as a radiograph.
data::GreyImage waves(int width, int height) {
  data::GreyImage image{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.push_back(
          static_cast<std::uint8_t>(127 + 60 * std::sin(x / 37.0) + 60 * std::cos(y / 53.0)));
    }
  }
  return image;
}

// Sizes of full CheXpert radiographs.
constexpr int kWidth = 2320, kHeight = 2828;

void decode(benchmark::State& state) {
  const std::string file = data::encode_grey_jpeg(waves(kWidth, kHeight), 90);
  for (auto _ : state) benchmark::DoNotOptimize(data::decode_jpeg(file, "benchmark").pixels.data());
  state.SetItemsProcessed(state.iterations());
}

void resize(benchmark::State& state) {
  const data::GreyImage image = waves(kWidth, kHeight);
  const auto px = static_cast<int>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(data::lanczos_resize(image.pixels, kWidth, kHeight, px, px).data());
  }
  state.SetItemsProcessed(state.iterations());
}

void augment_and_normalise(benchmark::State& state) {
  const auto px = static_cast<int>(state.range(0));
  const data::GreyImage image = waves(px, px);
  const attempt::AugmentRecipe recipe;
  std::vector<float> rgb(3 * image.pixels.size());
  std::uint64_t study = 0;
  for (auto _ : state) {
    const data::AugmentDraw draw = data::draw_augment(recipe, 1, 0, study++, 0);
    data::augment_to_rgb(image.pixels, px, px, draw, recipe.pad_mode, rgb);
    benchmark::DoNotOptimize(rgb.data());
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

BENCHMARK(decode)->Unit(benchmark::kMillisecond);
BENCHMARK(resize)->Arg(160)->Arg(320)->Arg(480)->Unit(benchmark::kMillisecond);
BENCHMARK(augment_and_normalise)->Arg(160)->Arg(320)->Arg(480)->Unit(benchmark::kMicrosecond);
