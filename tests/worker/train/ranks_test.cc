// Several processes that train one run, beside one process that trains it.
#include <ATen/Parallel.h>
#include <ATen/ops/equal.h>
#include <sys/wait.h>
#include <unistd.h>

#undef CHECK
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/worker/train/initial_model.h"
#include "tests/worker/train/tiny_run.h"
#include "worker/attempt/attempt_files.h"
#include "worker/model/weights_file.h"
#include "worker/train/checkpoint_file.h"
#include "worker/train/gradient_sync.h"
#include "worker/train/training_run.h"

using namespace radsweep;
using namespace radsweep::train;
using test::initial_model;
using test::TinyRun;
namespace fs = std::filesystem;

namespace {

// Trains as one rank, or alone without `sync`; the weights at the end.
Weights train_as(const TinyRun& tiny, const fs::path& folder, GradientSync* sync, long stop_after) {
  at::set_num_threads(1);
  const attempt::Spec spec = attempt::read_spec(folder);
  const data::ImageCache cache(spec.data.cache, spec.resolution);
  auto model = initial_model(spec);
  attempt::EventLog events(folder);
  long asked = 0;
  TrainingRun run({spec, folder, tiny.dataset, cache, at::kCPU,
                   [&] { return asked++ >= stop_after; }, [] { return 0.0; }, sync},
                  model, events);
  run.resume();
  run.run();
  return copy_weights(model);
}

constexpr long kToTheEnd = 1'000'000;

// As `ranks` processes, of which this one is the first. The others end with 0 when they have the
// same weights as it, to the bit.
Weights train_together(const TinyRun& tiny, const fs::path& folder, int ranks,
                       long stop_after = kToTheEnd) {
  RankMemory memory = RankMemory::create(ranks);
  memory.set_patience(60);
  const auto compare = [](RankMemory& shared, const Weights& own) {
    bool same = true;
    for (const model::NamedTensor& tensor : own) {
      const at::Tensor values = tensor.value.contiguous();
      const std::string bytes(static_cast<const char*>(values.const_data_ptr()), values.nbytes());
      same = same && shared.of_first(bytes) == bytes;
    }
    return same;
  };
  std::vector<int> pids;
  for (int rank = 1; rank < ranks; ++rank) {
    const int pid = ::fork();
    if (pid == 0) {
      int code = 1;
      try {
        RankMemory joined = RankMemory::join(::dup(memory.descriptor()), rank);
        joined.set_patience(60);
        MemorySync sync(joined);
        code = compare(joined, train_as(tiny, folder, &sync, 0 /* not theirs to ask */)) ? 0 : 2;
      } catch (const std::exception& failure) {
        std::fprintf(stderr, "rank %d: %s\n", rank, failure.what());
      }
      ::_exit(code);
    }
    pids.push_back(pid);
  }
  MemorySync sync(memory);
  Weights weights = train_as(tiny, folder, &sync, stop_after);
  compare(memory, weights);
  for (const int pid : pids) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  return weights;
}

// Difference of all parameters, or of all running statistics, as one vector, relative. Not of each
// tensor: some, like norm5's bias, have a gradient of exactly zero in theory, and hold nothing but
// rounding. The statistics are of maps behind several layers, which add up.
enum class Which { parameters, statistics };
double apart(const Weights& a, const Weights& b, Which which = Which::parameters) {
  double difference = 0, norm = 0;
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].value.scalar_type() == at::kLong) {
      CHECK(at::equal(a[i].value, b[i].value));
      continue;
    }
    const bool is_statistic = a[i].name.find(".running_") != std::string::npos;
    if (is_statistic != (which == Which::statistics)) continue;
    const at::Tensor wanted = b[i].value.to(at::kDouble);
    difference += (a[i].value.to(at::kDouble) - wanted).pow(2).sum().item<double>();
    norm += wanted.pow(2).sum().item<double>();
  }
  return std::sqrt(difference / norm);
}

// 7 batches of 6 studies and one of 3, so that of three ranks each has one then; 56 steps.
void set_up(TinyRun& tiny, const char* kernels) {
  attempt::Recipe& recipe = tiny.spec.recipe;
  recipe.kernels = kernels;
  recipe.epochs = 6;
  recipe.drop_last = false;
}

bool same(const Weights& a, const Weights& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.name == y.name && at::equal(x.value, y.value);
  });
}

}  // namespace

TEST_CASE("two and three ranks train what one process trains, augmented and with dropout") {
  for (const char* kernels : {"fused", "reference"}) {
    TinyRun tiny({.train_studies = 45});
    set_up(tiny, kernels);
    const Weights alone = train_as(tiny, tiny.new_attempt(1), nullptr, kToTheEnd);
    for (const int ranks : {2, 3}) {
      CAPTURE(std::string(kernels));
      CAPTURE(ranks);
      TinyRun other({.train_studies = 45});
      set_up(other, kernels);
      const Weights together = train_together(other, other.new_attempt(1), ranks);
      CHECK(CheckpointFile(other.dir / "1" / attempt::kLastCheckpoint)
                .state()
                .at("progress")
                .at("step") == 56);
      const double difference = apart(together, alone);
      const double statistics = apart(together, alone, Which::statistics);
      MESSAGE(std::string(kernels)
              << ", " << ranks << " ranks: " << difference << ", " << statistics);
      CHECK(difference < 1e-5);
      CHECK(statistics < 1e-4);
      CHECK_FALSE(same(together, alone));  // sums in another order: it was not one process
    }
  }
}

TEST_CASE("ranks without a study of the last batch train on") {
  for (const char* kernels : {"fused", "reference"}) {
    TinyRun tiny({.train_studies = 37}), other({.train_studies = 37});
    for (TinyRun* run : {&tiny, &other}) {
      set_up(*run, kernels);
      run->spec.recipe.epochs = 3;
      run->spec.recipe.studies_per_batch = 5;  // and two that are left
    }
    const Weights alone = train_as(tiny, tiny.new_attempt(1), nullptr, kToTheEnd);
    const Weights together = train_together(other, other.new_attempt(1), 3);
    CHECK(apart(together, alone) < 1e-5);
  }
}

TEST_CASE("ranks that stop and continue end bit-identical") {
  TinyRun whole, parted;
  for (TinyRun* run : {&whole, &parted}) set_up(*run, "fused");
  const Weights undisturbed = train_together(whole, whole.new_attempt(1), 2);
  train_together(parted, parted.new_attempt(1), 2, 9);
  CHECK(CheckpointFile(parted.dir / "1" / attempt::kLastCheckpoint).state().at("ranks") == 2);
  const Weights resumed = train_together(parted, parted.new_attempt(2), 2);
  CHECK(same(resumed, undisturbed));
  CHECK(attempt::read_events(parted.dir / "2", 0).events.front()["kind"] == "epoch");
}

TEST_CASE("a run that continues on another number of ranks notes it") {
  TinyRun tiny;
  train_together(tiny, tiny.new_attempt(1), 2, 3);
  train_as(tiny, tiny.new_attempt(2), nullptr, 1);
  const auto events = attempt::read_events(tiny.dir / "2", 0).events;
  REQUIRE(events.size() == 1);
  CHECK(events[0]["text"].get<std::string>().find("by one process what was begun by 2") !=
        std::string::npos);
}
