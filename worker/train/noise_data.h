// Studies that a training takes for a sweep's and that hold nothing: to measure how fast it is.
#pragma once

#include <filesystem>

#include "worker/data/dataset.h"

namespace radsweep::train {

struct NoiseOptions {
  int px = 0;
  int train_studies = 0, valid_studies = 0;
  double images_per_study = 1;  // on average, spread evenly; at least 1
};

// Makes an image cache of a few noisy images in `cache`, a folder that is there, and studies whose
// views are these images in turn; labels alternate. The same options give the same data. Throws
// Error(environment) when the cache cannot be written.
data::Dataset write_noise(const std::filesystem::path& cache, const NoiseOptions& options);

}  // namespace radsweep::train
