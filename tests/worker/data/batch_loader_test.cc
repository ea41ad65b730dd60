#include "worker/data/batch_loader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

#include "base/error.h"
#include "tests/support/recipe_hash.h"
#include "tests/support/temp_dir.h"
#include "tests/support/write_image_cache.h"
#include "worker/data/augment.h"
#include "worker/data/cache_manifest.h"

using namespace radsweep;
using data::Batch;
using data::BatchLoader;
using data::Study;

namespace {

constexpr int kPx = 8;

// Eleven studies of one to three views and their image cache.
class SmallCache {
 public:
  SmallCache() {
    for (int i = 0; i < 11; ++i) {
      Study study{"train/patient" + std::to_string(i) + "/study1", i % 3 == 0, {}};
      for (int view = 0; view <= i % 3; ++view) {
        study.images.push_back(study.key + "/view" + std::to_string(view) + ".jpg");
        images_.push_back(study.images.back());
      }
      studies.push_back(study);
    }
    std::string pixels;
    for (std::uint32_t i = 0; i < images_.size() * kPx * kPx; ++i) {
      pixels += static_cast<char>(test::recipe_hash(i, 5) >> 24);
    }
    test::write_image_cache(folder_.path(), kPx, images_, pixels);
  }
  data::ImageCache open() const { return data::ImageCache(folder_.path(), kPx); }
  std::size_t images() const { return images_.size(); }

  std::vector<Study> studies;

 private:
  test::TempDir folder_;
  std::vector<std::string> images_;
};

attempt::Recipe small_recipe(bool drop_last) {
  attempt::Recipe recipe;
  recipe.studies_per_batch = 3;
  recipe.drop_last = drop_last;
  return recipe;
}

std::vector<Batch> all_batches(BatchLoader loader) {
  std::vector<Batch> batches;
  while (auto batch = loader.next()) batches.push_back(*std::move(batch));
  return batches;
}

bool equal(const Batch& a, const Batch& b) {
  return a.images == b.images && a.study_of_view == b.study_of_view && a.labels == b.labels &&
         a.studies == b.studies && a.views == b.views;
}

bool same(const pixel::Change& a, const pixel::Change& b) {
  return std::ranges::equal(a.source, b.source) && a.contrast == b.contrast && a.shift == b.shift &&
         a.outside == b.outside && a.moves == b.moves && a.bends == b.bends;
}

std::vector<std::size_t> studies_of(const std::vector<Batch>& batches) {
  std::vector<std::size_t> studies;
  for (const Batch& batch : batches) {
    studies.insert(studies.end(), batch.studies.begin(), batch.studies.end());
  }
  return studies;
}

}  // namespace

TEST_CASE("shuffled_order is a permutation that seed and epoch decide") {
  auto order = data::shuffled_order(1000, 1, 0);
  CHECK(order == data::shuffled_order(1000, 1, 0));
  CHECK(order != data::shuffled_order(1000, 1, 1));
  CHECK(order != data::shuffled_order(1000, 2, 0));
  std::ranges::sort(order);
  for (std::size_t i = 0; i < 1000; ++i) REQUIRE(order[i] == i);
  CHECK(data::shuffled_order(0, 1, 0).empty());
}

TEST_CASE("shuffled_order puts every study at every place equally often") {
  constexpr std::size_t kStudies = 5;
  std::array<std::array<int, kStudies>, kStudies> count{};
  for (int epoch = 0; epoch < 5000; ++epoch) {
    const auto order = data::shuffled_order(kStudies, 9, epoch);
    for (std::size_t place = 0; place < kStudies; ++place) ++count[place][order[place]];
  }
  // mean 1000, standard deviation 28
  for (const auto& row : count) {
    for (const int times : row) CHECK(std::abs(times - 1000) < 5 * 28);
  }
}

TEST_CASE("the parts of all ranks, one after the other, are the batch that one process has") {
  const SmallCache small;
  const data::ImageCache cache = small.open();
  const auto recipe = small_recipe(false);  // 3, 3, 3 and 2 studies
  const auto whole = all_batches(BatchLoader::training(cache, small.studies, recipe, 5, 1, 0));
  for (const int ranks : {1, 2, 3, 4}) {
    CAPTURE(ranks);
    std::vector<Batch> joined(whole.size());
    for (int rank = 0; rank < ranks; ++rank) {
      const auto parts = all_batches(
          BatchLoader::training(cache, small.studies, recipe, 5, 1, 0, 1, {rank, ranks}));
      REQUIRE(parts.size() == whole.size());
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const Batch& part = parts[i];
        Batch& all = joined[i];
        CHECK(part.first_view == all.views);
        CHECK(part.views_of_all == whole[i].views);
        CHECK(part.studies_of_all == static_cast<std::int64_t>(whole[i].labels.size()));
        CHECK(part.studies.size() <= whole[i].studies.size() / static_cast<std::size_t>(ranks) + 1);
        const auto before = static_cast<std::int64_t>(all.studies.size());
        for (const std::int64_t study : part.study_of_view) {
          all.study_of_view.push_back(before + study);
        }
        all.images.insert(all.images.end(), part.images.begin(), part.images.end());
        all.labels.insert(all.labels.end(), part.labels.begin(), part.labels.end());
        all.studies.insert(all.studies.end(), part.studies.begin(), part.studies.end());
        all.views += part.views;
      }
    }
    for (std::size_t i = 0; i < whole.size(); ++i) CHECK(equal(joined[i], whole[i]));
  }
}

TEST_CASE("an epoch has the paper's number of batches") {
  attempt::Recipe recipe;
  CHECK(data::batches_per_epoch(75'975, recipe) == 2532);
  recipe.drop_last = false;
  CHECK(data::batches_per_epoch(75'975, recipe) == 2533);
  CHECK(data::batches_per_epoch(30, recipe) == 1);
  CHECK(data::batches_per_epoch(0, recipe) == 0);
}

TEST_CASE("a training epoch visits studies in shuffled order and drops or keeps the rest") {
  const SmallCache files;
  const auto cache = files.open();
  auto order = data::shuffled_order(11, 4, 2);
  const auto kept =
      all_batches(BatchLoader::training(cache, files.studies, small_recipe(false), 4, 2, 0));
  CHECK(kept.size() == 4);
  CHECK(kept.back().labels.size() == 2);
  CHECK(studies_of(kept) == order);
  const auto dropped =
      all_batches(BatchLoader::training(cache, files.studies, small_recipe(true), 4, 2, 0));
  CHECK(dropped.size() == 3);
  order.resize(9);
  CHECK(studies_of(dropped) == order);
}

TEST_CASE("a batch holds all views of its studies, augmented and normalised") {
  const SmallCache files;
  const auto cache = files.open();
  const auto recipe = small_recipe(true);
  for (const Batch& batch :
       all_batches(BatchLoader::training(cache, files.studies, recipe, 4, 2, 0))) {
    std::vector<float> expected;
    std::vector<std::int64_t> study_of_view;
    for (std::size_t i = 0; i < batch.studies.size(); ++i) {
      const Study& study = files.studies[batch.studies[i]];
      CHECK(batch.labels[i] == static_cast<float>(study.label));
      for (std::size_t view = 0; view < study.images.size(); ++view) {
        std::vector<float> rgb(3 * kPx * kPx);
        const auto draw =
            data::draw_augment(recipe.augment, 4, 2, batch.studies[i], static_cast<int>(view));
        data::augment_to_rgb(cache.image(cache.row_of(study.images[view])), kPx, kPx, draw, "zeros",
                             rgb);
        expected.insert(expected.end(), rgb.begin(), rgb.end());
        study_of_view.push_back(static_cast<std::int64_t>(i));
      }
    }
    CHECK(batch.images == expected);
    CHECK(batch.study_of_view == study_of_view);
    CHECK(batch.views == static_cast<std::int64_t>(study_of_view.size()));
  }
}

TEST_CASE("a batch of stored images has the cache's pixels and what augmenting makes of them") {
  const SmallCache files;
  const auto cache = files.open();
  auto recipe = small_recipe(false);
  recipe.augment.pad_mode = "reflection";
  const auto augmented = all_batches(BatchLoader::training(cache, files.studies, recipe, 4, 2, 0));
  const auto stored = all_batches(
      BatchLoader::training(cache, files.studies, recipe, 4, 2, 0, 2, {}, data::Images::stored));
  REQUIRE(stored.size() == augmented.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    CHECK(stored[i].images.empty());
    CHECK(stored[i].study_of_view == augmented[i].study_of_view);
    std::size_t view = 0;
    for (const std::size_t number : stored[i].studies) {
      const Study& study = files.studies[number];
      for (std::size_t of_study = 0; of_study < study.images.size(); ++of_study, ++view) {
        const auto image = cache.image(cache.row_of(study.images[of_study]));
        CHECK(std::ranges::equal(
            std::span(stored[i].pixels).subspan(view * image.size(), image.size()), image));
        const auto draw =
            data::draw_augment(recipe.augment, 4, 2, number, static_cast<int>(of_study));
        CHECK(same(stored[i].changes[view], data::change_of(draw, kPx, kPx, "reflection")));
      }
    }
  }
}

TEST_CASE("the threads that prepare a batch change no value of it") {
  const SmallCache files;
  const auto cache = files.open();
  const auto recipe = small_recipe(false);
  const auto one = all_batches(BatchLoader::training(cache, files.studies, recipe, 4, 2, 0, 1));
  const auto three = all_batches(BatchLoader::training(cache, files.studies, recipe, 4, 2, 0, 3));
  REQUIRE(one.size() == three.size());
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(equal(one[i], three[i]));
}

TEST_CASE("a loader started at batch k gives the batches from k on of a whole epoch") {
  const SmallCache files;
  const auto cache = files.open();
  const auto recipe = small_recipe(false);
  const auto whole = all_batches(BatchLoader::training(cache, files.studies, recipe, 4, 2, 0));
  for (long first = 0; first <= 5; ++first) {
    const auto tail = all_batches(BatchLoader::training(cache, files.studies, recipe, 4, 2, first));
    const auto skipped = std::min<std::size_t>(static_cast<std::size_t>(first), whole.size());
    REQUIRE(tail.size() == whole.size() - skipped);
    for (std::size_t i = 0; i < tail.size(); ++i) CHECK(equal(tail[i], whole[i + skipped]));
  }
}

TEST_CASE("a validation loader gives every study in order and unchanged") {
  const SmallCache files;
  const auto cache = files.open();
  const auto batches = all_batches(BatchLoader::validation(cache, files.studies, 4));
  CHECK(batches.size() == 3);
  std::vector<std::size_t> in_order(11);
  std::iota(in_order.begin(), in_order.end(), std::size_t{0});
  CHECK(studies_of(batches) == in_order);
  std::int64_t views = 0;
  for (const Batch& batch : batches) views += batch.views;
  CHECK(views == static_cast<std::int64_t>(files.images()));
  const auto pixel = cache.image(cache.row_of(files.studies[0].images[0]))[0];
  CHECK(batches[0].images[0] == doctest::Approx((pixel / 255.0 - 0.485) / 0.229));
}

TEST_CASE("next throws what went wrong in the thread, after the batches before it, every time") {
  SmallCache files;
  const auto cache = files.open();
  files.studies[5].images[0] = "train/absent.jpg";
  BatchLoader loader = BatchLoader::validation(cache, files.studies, 3);
  REQUIRE(loader.next());
  CHECK_THROWS_WITH_AS(loader.next(), doctest::Contains("train/absent.jpg"), Error);
  CHECK_THROWS_WITH_AS(loader.next(), doctest::Contains("train/absent.jpg"), Error);
}

TEST_CASE("a loader may be moved and destroyed before its end, and stays empty after it") {
  const SmallCache files;
  const auto cache = files.open();
  {
    BatchLoader early = BatchLoader::validation(cache, files.studies, 1);
    BatchLoader moved = std::move(early);
    CHECK(moved.next());
  }
  BatchLoader loader = BatchLoader::validation(cache, files.studies, 100);
  CHECK(loader.next());
  CHECK_FALSE(loader.next());
  CHECK_FALSE(loader.next());
}
