// Batches of whole studies, all views flattened, prepared ahead of the training in a thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/pixel_math.h"
#include "worker/attempt/recipe.h"
#include "worker/data/dataset.h"
#include "worker/data/image_cache.h"

namespace radsweep::data {

struct Batch {
  std::vector<float> images;  // [views, px, px, 3], augmented and normalised; or else
  // pixels as stored and what is to become of them, for a GPU that augments by itself:
  std::vector<std::uint8_t> pixels;         // [views, px, px]
  std::vector<pixel::Change> changes;       // [views]
  std::vector<std::int64_t> study_of_view;  // [views], ascending, in 0..studies-1
  std::vector<float> labels;                // [studies]
  std::vector<std::size_t> studies;         // [studies], positions in the list of studies
  std::int64_t views = 0;

  // Where this is one rank's part of a batch: of the whole batch, and where in it the part begins.
  std::int64_t studies_of_all = 0, views_of_all = 0, first_view = 0;
};

// How the images of a batch come: ready for the network, or to be made so by the GPU.
enum class Images { augmented, stored };

// One of several ranks that share every batch of a training. Each gets equally many studies, or one
// more or less, in the order of the batch; none where there are fewer studies than ranks.
struct BatchPart {
  int rank = 0, ranks = 1;
};

// The order in which the training studies of an epoch are visited: a permutation of
// 0..count-1 that depends on seed and epoch only (counter-based).
std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed, int epoch);

// Batches of a training epoch (30 studies; the incomplete last one dropped when asked).
long batches_per_epoch(std::size_t studies, const attempt::Recipe& recipe);

// Delivers the batches of one epoch in order, two of them prepared ahead in the background. Errors
// there are thrown by next(). One consumer thread. Borrows cache and studies.
class BatchLoader {
 public:
  // Training: shuffled and augmented, from batch `first_batch` of `epoch` on; the images of a batch
  // on as many threads, which change no value. Of every batch only `part`; what a study looks like
  // does not depend on who gets it.
  static BatchLoader training(const ImageCache& cache, const std::vector<Study>& studies,
                              const attempt::Recipe& recipe, std::uint64_t seed, int epoch,
                              long first_batch, int threads = 1, BatchPart part = {},
                              Images images = Images::augmented);
  // Validation: in order, not augmented, every study.
  static BatchLoader validation(const ImageCache& cache, const std::vector<Study>& studies,
                                int studies_per_batch, Images images = Images::augmented);
  BatchLoader(BatchLoader&&) noexcept;
  ~BatchLoader();

  std::optional<Batch> next();

 private:
  struct Work;
  explicit BatchLoader(std::unique_ptr<Work> work);
  std::unique_ptr<Work> work_;
};

}  // namespace radsweep::data
