// How many augmented images a second come from the image cache in batches, as a training takes
// them; the loader's threads are the only ones that work. Arguments: pixels a side, threads.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/support/write_image_cache.h"
#include "worker/data/batch_loader.h"

using namespace radsweep;

namespace {

constexpr int kImages = 600;  // one a study, twenty batches of the paper's thirty

// Smooth waves of another phase in every image.
std::string waves(int number, int px) {
  std::string pixels;
  for (int i = 0; i < px * px; ++i) {
    const double value = 60 * std::sin((i % px + number) / 37.0) + 60 * std::cos(i / px / 53.0);
    pixels += static_cast<char>(static_cast<unsigned char>(127 + value));
  }
  return pixels;
}

struct Files {
  explicit Files(int px) {
    std::vector<std::string> paths;
    std::string pixels;
    for (int i = 0; i < kImages; ++i) {
      paths.push_back("train/patient" + std::to_string(i) + "/study1/view1_frontal.jpg");
      studies.push_back({"study" + std::to_string(i), i % 2, {paths.back()}});
      pixels += waves(i, px);
    }
    test::write_image_cache(folder.path(), px, paths, pixels);
  }

  test::TempDir folder;
  std::vector<data::Study> studies;
};

void load_epoch(benchmark::State& state) {
  const auto px = static_cast<int>(state.range(0)), threads = static_cast<int>(state.range(1));
  const Files files(px);
  const data::ImageCache cache(files.folder.path(), px);
  std::int64_t images = 0;
  int epoch = 0;
  for (auto _ : state) {
    auto loader = data::BatchLoader::training(cache, files.studies, attempt::Recipe{}, 1, epoch++,
                                              0, threads);
    while (auto batch = loader.next()) images += batch->views;
  }
  state.SetItemsProcessed(images);
}

}  // namespace

BENCHMARK(load_epoch)
    ->ArgNames({"px", "threads"})
    ->ArgsProduct({{64, 160, 320}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
