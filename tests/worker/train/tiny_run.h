// A complete little run: generated data, cache, spec; small enough to train in a second.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"
#include "worker/attempt/spec.h"
#include "worker/data/dataset.h"
#include "worker/data/image_cache.h"

namespace radsweep::test {

struct TinyRunOptions {
  int train_studies = 40;
  int valid_studies = 12;
  bool one_class = false;  // every validation study is positive
  int most_views = 3;      // of a study; 1, 2, ... in turn
};

// Studies of one to three views, positives brighter on average. Attempt folders are made below
// dir; every step of the training is 6 studies, so an epoch of 40 has 6 steps.
class TinyRun {
 public:
  static constexpr int kPx = 16;
  static constexpr int kSteps = 18;  // 1 frozen epoch and 2 full ones

  explicit TinyRun(TinyRunOptions options = {});

  // A new folder dir/<number> with a spec that may continue from all lower numbers; its identity
  // is that of `spec` as it is now.
  std::filesystem::path new_attempt(int number) const;

  TempDir dir;
  attempt::Spec spec;
  data::Dataset dataset;
};

}  // namespace radsweep::test
