#include "worker/data/batch_loader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <numeric>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/error.h"
#include "worker/data/augment.h"
#include "worker/data/counter_rng.h"
#include "worker/data/parallel_for.h"

namespace radsweep::data {
namespace {

constexpr std::size_t kBatchesAhead = 2;

// What every batch of an epoch is made from.
struct Epoch {
  const ImageCache& cache;
  const std::vector<Study>& studies;
  std::vector<std::size_t> order;  // of studies, whole epoch
  std::size_t studies_per_batch = 0;
  long batches = 0;
  bool augmented = false;
  attempt::AugmentRecipe augment = {};
  std::uint64_t seed = 0;
  int epoch = 0;
  int threads = 1;
  BatchPart part = {};
  Images images = Images::augmented;
};

// Where a view of the batch comes from.
struct View {
  std::size_t study;
  int number;
};

// Places for `views` images.
void make_room(const Epoch& epoch, std::size_t views, Batch& batch) {
  const auto px = static_cast<std::size_t>(epoch.cache.resolution());
  if (epoch.images == Images::augmented) {
    batch.images.resize(views * 3 * px * px);
  } else {
    batch.pixels.resize(views * px * px);
    batch.changes.resize(views);
  }
}

// Image `place` of the batch.
void fill_view(const Epoch& epoch, const View& view, std::size_t place, Batch& batch) {
  const int px = epoch.cache.resolution();
  const std::string& path = epoch.studies[view.study].images[static_cast<std::size_t>(view.number)];
  const auto image = epoch.cache.image(epoch.cache.row_of(path));
  const AugmentDraw draw = epoch.augmented ? draw_augment(epoch.augment, epoch.seed, epoch.epoch,
                                                          view.study, view.number)
                                           : AugmentDraw{};
  if (epoch.images == Images::augmented) {
    const std::size_t size = 3 * image.size();
    augment_to_rgb(image, px, px, draw, epoch.augment.pad_mode,
                   std::span(batch.images).subspan(place * size, size));
  } else {
    std::ranges::copy(image,
                      batch.pixels.begin() + static_cast<std::ptrdiff_t>(place * image.size()));
    batch.changes[place] = change_of(draw, px, px, epoch.augment.pad_mode);
  }
}

// Which studies of first..last - 1 are a rank's.
std::pair<std::size_t, std::size_t> range_of(const BatchPart& part, std::size_t first,
                                             std::size_t last) {
  const auto rank = static_cast<std::size_t>(part.rank),
             ranks = static_cast<std::size_t>(part.ranks);
  return {first + (last - first) * rank / ranks, first + (last - first) * (rank + 1) / ranks};
}

Batch make_batch(const Epoch& epoch, long index) {
  const std::size_t first = static_cast<std::size_t>(index) * epoch.studies_per_batch;
  const std::size_t last = std::min(first + epoch.studies_per_batch, epoch.order.size());
  const auto [begin, end] = range_of(epoch.part, first, last);
  Batch batch;
  batch.studies_of_all = static_cast<std::int64_t>(last - first);
  for (std::size_t i = first; i < last; ++i) {
    const auto views = static_cast<std::int64_t>(epoch.studies[epoch.order[i]].images.size());
    batch.views_of_all += views;
    if (i < begin) batch.first_view += views;
  }
  std::vector<View> views;
  for (std::size_t i = begin; i < end; ++i) {
    const Study& study = epoch.studies[epoch.order[i]];
    batch.studies.push_back(epoch.order[i]);
    batch.labels.push_back(static_cast<float>(study.label));
    for (int view = 0; view < static_cast<int>(study.images.size()); ++view) {
      views.push_back({epoch.order[i], view});
      batch.study_of_view.push_back(static_cast<std::int64_t>(i - begin));
    }
  }
  batch.views = static_cast<std::int64_t>(views.size());
  make_room(epoch, views.size(), batch);
  parallel_for(views.size(), epoch.threads,
               [&](std::size_t i) { fill_view(epoch, views[i], i, batch); });
  return batch;
}

}  // namespace

std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed, int epoch) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const CounterRng rng(seed, "shuffle", static_cast<std::uint64_t>(epoch));
  for (std::size_t i = count; i > 1; --i) {  // Fisher and Yates, from the end
    const auto other = static_cast<std::size_t>(rng.at(i) * static_cast<double>(i));
    std::swap(order[i - 1], order[other]);
  }
  return order;
}

long batches_per_epoch(std::size_t studies, const attempt::Recipe& recipe) {
  const auto size = static_cast<std::size_t>(recipe.studies_per_batch);
  return static_cast<long>((recipe.drop_last ? studies : studies + size - 1) / size);
}

// Queue of ready batches between the preparing thread and the consumer.
struct BatchLoader::Work {
  explicit Work(Epoch source) : epoch(std::move(source)) {}

  void start(long first_batch) {
    to_come = std::max(0L, epoch.batches - first_batch);
    thread = std::jthread([this, first_batch](const std::stop_token& stop) {
      try {
        for (long i = first_batch; i < epoch.batches && deliver(make_batch(epoch, i), stop); ++i) {
        }
      } catch (...) {  // thrown again by next(), in the consumer's thread
        const std::lock_guard lock(mutex);
        error = std::current_exception();
        changed.notify_all();
      }
    });
  }

  // Waits for room; false when the loader is being destroyed.
  bool deliver(Batch&& batch, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    if (!changed.wait(lock, stop, [this] { return ready.size() < kBatchesAhead; })) return false;
    ready.push_back(std::move(batch));
    changed.notify_all();
    return true;
  }

  std::optional<Batch> take() {
    std::unique_lock lock(mutex);
    if (to_come == 0) return std::nullopt;
    changed.wait(lock, [this] { return !ready.empty() || error; });
    if (ready.empty()) std::rethrow_exception(error);
    Batch batch = std::move(ready.front());
    ready.pop_front();
    --to_come;
    changed.notify_all();
    return batch;
  }

  const Epoch epoch;
  long to_come = 0;  // batches the consumer has not taken yet; its thread only
  std::mutex mutex;
  std::condition_variable_any changed;
  std::deque<Batch> ready;
  std::exception_ptr error;
  std::jthread thread;  // last: stopped and joined before the rest goes
};

BatchLoader BatchLoader::training(const ImageCache& cache, const std::vector<Study>& studies,
                                  const attempt::Recipe& recipe, std::uint64_t seed, int epoch,
                                  long first_batch, int threads, BatchPart part, Images images) {
  ensure(first_batch >= 0, "a loader starts at batch 0 or later");
  auto work = std::make_unique<Work>(
      Epoch{.cache = cache,
            .studies = studies,
            .order = shuffled_order(studies.size(), seed, epoch),
            .studies_per_batch = static_cast<std::size_t>(recipe.studies_per_batch),
            .batches = batches_per_epoch(studies.size(), recipe),
            .augmented = true,
            .augment = recipe.augment,
            .seed = seed,
            .epoch = epoch,
            .threads = threads,
            .part = part,
            .images = images});
  work->start(first_batch);
  return BatchLoader(std::move(work));
}

BatchLoader BatchLoader::validation(const ImageCache& cache, const std::vector<Study>& studies,
                                    int studies_per_batch, Images images) {
  ensure(studies_per_batch > 0, "a batch holds at least one study");
  std::vector<std::size_t> order(studies.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  attempt::Recipe every_study;
  every_study.studies_per_batch = studies_per_batch;
  every_study.drop_last = false;
  auto work =
      std::make_unique<Work>(Epoch{.cache = cache,
                                   .studies = studies,
                                   .order = std::move(order),
                                   .studies_per_batch = static_cast<std::size_t>(studies_per_batch),
                                   .batches = batches_per_epoch(studies.size(), every_study),
                                   .images = images});
  work->start(0);
  return BatchLoader(std::move(work));
}

BatchLoader::BatchLoader(std::unique_ptr<Work> work) : work_(std::move(work)) {}
BatchLoader::BatchLoader(BatchLoader&&) noexcept = default;
BatchLoader::~BatchLoader() = default;

std::optional<Batch> BatchLoader::next() {
  return work_->take();
}

}  // namespace radsweep::data
