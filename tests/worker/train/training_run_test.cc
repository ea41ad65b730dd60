#include "worker/train/training_run.h"

#include <ATen/Parallel.h>
#include <ATen/ops/equal.h>

#undef CHECK
#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/durable_file.h"
#include "base/error.h"
#include "tests/base/file_size_limit.h"
#include "tests/worker/train/initial_model.h"
#include "tests/worker/train/tape_recorder.h"
#include "tests/worker/train/tiny_run.h"
#include "worker/attempt/attempt_files.h"
#include "worker/model/pretrained.h"
#include "worker/train/checkpoint_file.h"
#include "worker/train/memory_format.h"
#include "worker/train/param_groups.h"
#include "worker/train/validate.h"

using namespace radsweep;
using namespace radsweep::train;
using test::initial_model;
using test::TinyRun;
namespace fs = std::filesystem;

namespace {

struct Trained {
  TrainingEnd end = TrainingEnd::done;
  std::string resumed_from;
  Progress progress;  // without what was measured by a clock
  Weights weights;
  std::string best, best_loss;  // the files' bytes
};

std::string bytes_of(const fs::path& file) {
  return read_file_if_exists(file).value_or("");
}

constexpr int kAllSteps = std::numeric_limits<int>::max();

// Of steps, by the stand-in for a GPU's.
enum class Recorded { nothing, steps };

// One attempt that is asked to stop after `steps` steps of its own. `before` is called with the
// number of each step before it.
Trained attempt_of(
    const TinyRun& tiny, int number, int steps = kAllSteps,
    const std::function<void(int step)>& before = [](int) {},
    Recorded recorded = Recorded::nothing) {
  at::set_num_threads(1);  // tensors are tiny; more threads only wait for each other
  const fs::path folder = fs::exists(tiny.dir / std::to_string(number))
                              ? tiny.dir / std::to_string(number)
                              : tiny.new_attempt(number);
  const attempt::Spec spec = attempt::read_spec(folder);
  const data::ImageCache cache(spec.data.cache, spec.resolution);
  const auto model = initial_model(spec);
  attempt::EventLog events(folder);
  int asked = 0;
  const auto stop_requested = [&] {
    before(asked);
    return asked++ >= steps;
  };
  TrainingInputs inputs{spec,     folder,         tiny.dataset,      cache,
                        at::kCPU, stop_requested, [] { return 0.0; }};
  if (recorded == Recorded::steps) {
    std::vector<at::Tensor> state = model->parameters();
    for (const at::Tensor& buffer : model->buffers()) state.push_back(buffer);
    inputs.recording = {test::tape_recorder(state),
                        recorded_batches(spec.recipe.studies_per_batch, tiny.dataset.train)};
  }
  TrainingRun run(inputs, model, events);
  Trained trained;
  trained.resumed_from = run.resume();
  trained.end = run.run();
  trained.progress = run.progress();
  trained.progress.seconds = trained.progress.train_seconds = 0;
  for (attempt::EpochRecord& record : trained.progress.epochs) {
    record.seconds = record.images_per_second = 0;
  }
  trained.weights = copy_weights(model);
  trained.best = bytes_of(folder / attempt::kBestWeights);
  trained.best_loss = bytes_of(folder / attempt::kBestLossWeights);
  return trained;
}

bool same_weights(const Weights& a, const Weights& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name || !at::equal(a[i].value, b[i].value)) return false;
  }
  return true;
}

void check_same(const Trained& resumed, const Trained& undisturbed) {
  CHECK(resumed.end == TrainingEnd::done);
  CHECK(resumed.progress == undisturbed.progress);
  CHECK(same_weights(resumed.weights, undisturbed.weights));
  CHECK(resumed.best == undisturbed.best);
  CHECK(resumed.best_loss == undisturbed.best_loss);
}

}  // namespace

TEST_CASE("a run stopped after any step and continued elsewhere ends bit-identical") {
  const Trained undisturbed = attempt_of(TinyRun(), 1);
  REQUIRE(undisturbed.end == TrainingEnd::done);
  REQUIRE(undisturbed.progress.step == TinyRun::kSteps);
  REQUIRE_FALSE(undisturbed.best.empty());
  // within epochs, at their ends, at the end of the frozen phase (6), before the first step
  for (const int steps : {0, 1, 5, 6, 7, 11, 12, 17}) {
    CAPTURE(steps);
    const TinyRun tiny;
    const Trained stopped = attempt_of(tiny, 1, steps);
    CHECK(stopped.end == TrainingEnd::stopped);
    CHECK(stopped.progress.step == steps);
    const Trained resumed = attempt_of(tiny, 2);
    CHECK(resumed.resumed_from == "../1/last.ckpt");
    check_same(resumed, undisturbed);
  }
}

TEST_CASE("a run with recorded steps ends bit-identical to one without, also when continued") {
  const test::TinyRunOptions one_view{.most_views = 1};
  TinyRun plain(one_view), whole(one_view), parted(one_view);
  for (TinyRun* tiny : {&plain, &whole, &parted}) {
    tiny->spec.recipe.kernels = "reference";  // the stand-in sees ATen's operators
    tiny->spec.recipe.drop_last = false;      // so there are two sizes
  }
  const auto recorded = [](const TinyRun& tiny, int number, int steps = kAllSteps) {
    return attempt_of(
        tiny, number, steps, [](int) {}, Recorded::steps);
  };
  const Trained undisturbed = attempt_of(plain, 1);
  check_same(recorded(whole, 1), undisturbed);
  CHECK(recorded(parted, 1, 11).end == TrainingEnd::stopped);
  check_same(recorded(parted, 2), undisturbed);
  const auto told = [](const TinyRun& tiny, const char* attempt, const std::string& replays) {
    return read_file(tiny.dir / attempt / attempt::kEventsFile).find("cuda_graphs: " + replays) !=
           std::string::npos;
  };
  // the first of the smaller size, in each phase and attempt, is none
  CHECK(told(whole, "1", "19 of 21 steps"));
  CHECK(told(parted, "1", "10 of 11 steps"));
  CHECK(told(parted, "2", "9 of 10 steps"));
}

TEST_CASE("a full disk does not end a run with recorded steps") {
  const TinyRun tiny({.most_views = 1});
  std::optional<test::FileSizeLimit> full;
  const auto fill = [&](int step) {
    if (step == 2) full.emplace(0);
  };
  CHECK(attempt_of(tiny, 1, 3, fill, Recorded::steps).end == TrainingEnd::stopped);
}

TEST_CASE("a run stopped after every single step ends bit-identical") {
  const Trained undisturbed = attempt_of(TinyRun(), 1);
  const TinyRun tiny;
  for (int number = 1; number <= TinyRun::kSteps; ++number) {
    const TrainingEnd end = attempt_of(tiny, number, 1).end;
    REQUIRE(end == (number < TinyRun::kSteps ? TrainingEnd::stopped : TrainingEnd::done));
  }
  check_same(attempt_of(tiny, TinyRun::kSteps + 1), undisturbed);
}

TEST_CASE("three parameter groups and kept moments resume bit-identical too") {
  TinyRun whole, tiny;
  for (TinyRun* run : {&whole, &tiny}) {
    run->spec.recipe.param_groups = 3;
    run->spec.recipe.keep_optimizer_state = true;
  }
  const Trained undisturbed = attempt_of(whole, 1);
  attempt_of(tiny, 1, 6);
  check_same(attempt_of(tiny, 2), undisturbed);
}

TEST_CASE("a bf16 run learns, with other numbers than fp32's, and resumes bit-identical") {
  for (const char* kernels : {"fused", "reference"}) {
    CAPTURE(kernels);
    const auto set = [&](TinyRun& tiny, const char* precision) {
      attempt::Recipe& recipe = tiny.spec.recipe;
      recipe.precision = precision;
      recipe.kernels = kernels;
      recipe.lr_mult = 1;
      recipe.dropout = 0.1;
      recipe.epochs = 10;
    };
    const test::TinyRunOptions options{.valid_studies = 60};
    TinyRun whole(options), parted(options), fp32(options);
    set(whole, "bf16");
    set(parted, "bf16");
    set(fp32, "fp32");
    const Trained undisturbed = attempt_of(whole, 1);
    REQUIRE(undisturbed.end == TrainingEnd::done);
    REQUIRE(undisturbed.progress.best_epoch >= 0);
    CHECK(undisturbed.progress.best_auc > 0.9);
    CHECK_FALSE(same_weights(undisturbed.weights, attempt_of(fp32, 1).weights));
    attempt_of(parted, 1, 3);
    attempt_of(parted, 2, 11);
    check_same(attempt_of(parted, 3), undisturbed);
  }
}

TEST_CASE("a damaged checkpoint is noted, the one before used, and the end the same") {
  const Trained undisturbed = attempt_of(TinyRun(), 1);
  const TinyRun tiny;
  attempt_of(tiny, 1, 9);
  std::string bytes = bytes_of(tiny.dir / "1" / "last.ckpt");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  replace_file(tiny.dir / "1" / "last.ckpt", bytes);
  const Trained resumed = attempt_of(tiny, 2);
  CHECK(resumed.resumed_from == "../1/prev.ckpt");
  check_same(resumed, undisturbed);
  const auto events = attempt::read_events(tiny.dir / "2", 0).events;
  REQUIRE_FALSE(events.empty());
  CHECK(events[0]["kind"] == "note");
  CHECK(events[0]["text"].get<std::string>().find("last.ckpt") != std::string::npos);
}

TEST_CASE("a run without a usable checkpoint says so before it starts anew") {
  const TinyRun tiny;
  attempt_of(tiny, 1, 9);
  for (const char* name : {"last.ckpt", "prev.ckpt"}) {
    fs::resize_file(tiny.dir / "1" / name, 100);
  }
  CHECK(attempt_of(tiny, 2, 1).resumed_from.empty());
  const auto events = attempt::read_events(tiny.dir / "2", 0).events;
  REQUIRE(events.size() == 3);
  CHECK(events[2]["text"].get<std::string>().find("no checkpoint is usable") != std::string::npos);
}

TEST_CASE("a run that continues with other threads than before notes it, others do not") {
  TinyRun tiny;
  attempt_of(tiny, 1, 3);
  tiny.spec.slot.threads = 2;  // for the record; all of them compute with one
  attempt_of(tiny, 2, 1);
  const auto events = attempt::read_events(tiny.dir / "2", 0).events;
  REQUIRE(events.size() == 1);
  CHECK(events[0]["text"].get<std::string>().find("with 2 threads what was begun with 1") !=
        std::string::npos);
  attempt_of(tiny, 3, 1);
  CHECK(attempt::read_events(tiny.dir / "3", 0).events.empty());
}

TEST_CASE("a finished run that is taken up again is done at once") {
  const TinyRun tiny;
  const Trained first = attempt_of(tiny, 1);
  check_same(attempt_of(tiny, 2), first);
  CHECK(attempt::read_events(tiny.dir / "2", 0).events.empty());
}

TEST_CASE("the frozen phase moves every norm and no convolution of the body") {
  TinyRun tiny;
  tiny.spec.recipe.epochs = 0;
  const Weights before = copy_weights(initial_model(tiny.spec));
  const Weights after = attempt_of(tiny, 1).weights;
  REQUIRE(before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CAPTURE(before[i].name);
    const bool frozen = before[i].name.starts_with("features.") && before[i].value.dim() == 4;
    CHECK(at::equal(before[i].value, after[i].value) == frozen);
  }
}

TEST_CASE("Adam forgets the frozen phase at its end, unless it shall keep it") {
  TinyRun tiny;
  bool keep = false;
  SUBCASE("forgets") {}
  SUBCASE("keeps") {
    keep = true;
  }
  tiny.spec.recipe.keep_optimizer_state = keep;
  attempt_of(tiny, 1, 7);  // six frozen steps and one
  const CheckpointFile file(tiny.dir / "1" / attempt::kLastCheckpoint);
  const auto steps = file.state().at("adam_steps").get<std::vector<long>>();
  const auto parameters = group_parameters(*initial_model(tiny.spec), 2);
  REQUIRE(steps.size() == parameters.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    CAPTURE(parameters[i].name);
    const bool was_frozen =
        parameters[i].name.starts_with("features.") && parameters[i].tensor.dim() == 4;
    CHECK(steps[i] == (keep && !was_frozen ? 7 : 1));
  }
}

TEST_CASE("the full phase moves everything") {
  TinyRun tiny;
  tiny.spec.recipe.frozen_epochs = 0;
  const Weights before = copy_weights(initial_model(tiny.spec));
  const Weights after = attempt_of(tiny, 1).weights;
  for (std::size_t i = 0; i < before.size(); ++i) {
    CAPTURE(before[i].name);
    CHECK_FALSE(at::equal(before[i].value, after[i].value));
  }
}

TEST_CASE("every epoch is an event, with predictions when it is the best so far") {
  const TinyRun tiny;
  const Trained trained = attempt_of(tiny, 1);
  const auto events = attempt::read_events(tiny.dir / "1", 0).events;
  REQUIRE(events.size() == 3);
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto record = events[i].get<attempt::EpochRecord>();
    record.seconds = record.images_per_second = 0;
    CHECK(record == trained.progress.epochs[i]);
    CHECK(events[i].contains("predictions") == record.is_best);
  }
  CHECK(trained.progress.epochs[0].phase == "frozen");
  CHECK(trained.progress.epochs[2].phase == "full");
  CHECK(trained.progress.epochs[0].lr_head > trained.progress.epochs[1].lr_head);
}

TEST_CASE("the weights files are those of the best epochs") {
  const TinyRun tiny;
  const Trained trained = attempt_of(tiny, 1);
  REQUIRE(trained.progress.best_epoch >= 0);
  const data::ImageCache cache(tiny.spec.data.cache, TinyRun::kPx);
  auto model = initial_model(tiny.spec);
  const auto validated = [&](const char* file) {
    CHECK(model::load_weights(model, tiny.dir / "1" / file).at("identity") == tiny.spec.identity);
    return validate(model, cache, tiny.dataset.valid, tiny.spec.recipe, at::kCPU, [] {});
  };
  const Validation best = validated(attempt::kBestWeights);
  CHECK(best.auc == trained.progress.best_auc);
  // in a bool: LibTorch's operator<< for vectors keeps doctest from printing these
  const bool same_predictions = best.predictions == trained.progress.best_predictions;
  CHECK(same_predictions);
  CHECK(validated(attempt::kBestLossWeights).loss == trained.progress.best_loss);
}

TEST_CASE("a run with one class in validation has no AUC and no best weights, and ends") {
  const TinyRun tiny({.one_class = true});
  const Trained trained = attempt_of(tiny, 1);
  CHECK(trained.end == TrainingEnd::done);
  CHECK(trained.progress.best_epoch == -1);
  CHECK_FALSE(trained.progress.epochs[0].valid_auc);
  CHECK(trained.best.empty());
  CHECK_FALSE(trained.best_loss.empty());
}

TEST_CASE("a loss that is not finite ends the run") {
  TinyRun tiny;
  tiny.spec.recipe.base_lr = 1000;
  tiny.spec.recipe.weight_decay = 100;  // multiplies the weights by -100000 a step
  const Trained trained = attempt_of(tiny, 1);
  CHECK(trained.end == TrainingEnd::not_finite);
  CHECK(trained.progress.step < TinyRun::kSteps);
}

TEST_CASE("a disk that takes no checkpoint does not end the training") {
  const TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  fs::create_directory(folder / "next.ckpt");
  CHECK(attempt_of(tiny, 1).end == TrainingEnd::done);
}

TEST_CASE("epochs that end while the disk is full are told when it is not, in order and whole") {
  const TinyRun tiny;
  std::optional<test::FileSizeLimit> full;
  const Trained trained = attempt_of(tiny, 1, kAllSteps, [&](int step) {
    if (step == 4) full.emplace(100);
    if (step != 14) return;
    CHECK_FALSE(fs::exists(tiny.dir / "1" / attempt::kLastCheckpoint));
    full.reset();
  });
  CHECK(trained.end == TrainingEnd::done);
  const attempt::EventsRead read = attempt::read_events(tiny.dir / "1", 0);
  CHECK(read.damaged_lines == 0);
  REQUIRE(read.events.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(read.events[i]["epoch"] == i);
  const CheckpointFile last(tiny.dir / "1" / attempt::kLastCheckpoint);
  CHECK(last.state().at("progress").at("step") == TinyRun::kSteps);
}

TEST_CASE("a run that is stopped tells with its checkpoint what a full disk kept back") {
  const TinyRun tiny;
  std::optional<test::FileSizeLimit> full;
  const Trained trained = attempt_of(tiny, 1, 8, [&](int step) {
    if (step == 4) full.emplace(100);
    if (step == 8) full.reset();
  });
  CHECK(trained.end == TrainingEnd::stopped);
  CHECK(CheckpointFile(tiny.dir / "1" / attempt::kLastCheckpoint).identity() == tiny.spec.identity);
  CHECK_FALSE(trained.best.empty());
  const auto events = attempt::read_events(tiny.dir / "1", 0).events;
  REQUIRE(events.size() == 1);
  CHECK(events[0]["epoch"] == 0);
}

TEST_CASE("best weights that cannot be written in the end are an error") {
  const TinyRun tiny;
  const fs::path folder = tiny.new_attempt(1);
  fs::create_directories(folder / attempt::kBestWeights / "in the way");
  CHECK_THROWS_AS(attempt_of(tiny, 1), Error);
}

TEST_CASE("an epoch that could end in a batch of one image is refused before it starts") {
  TinyRun tiny({.train_studies = 13});
  tiny.spec.recipe.drop_last = false;
  try {
    attempt_of(tiny, 1);
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::usage);
    CHECK(error.hint().find("drop_last: true") != std::string::npos);
  }
  TinyRun dropping({.train_studies = 13});
  CHECK(attempt_of(dropping, 1, 1).end == TrainingEnd::stopped);
  TinyRun two({.train_studies = 14});
  two.spec.recipe.drop_last = false;
  CHECK(attempt_of(two, 1, 4).end == TrainingEnd::stopped);
}

TEST_CASE("too few studies for one batch are refused with their number") {
  const TinyRun tiny({.train_studies = 5});
  CHECK_THROWS_WITH_AS(attempt_of(tiny, 1), doctest::Contains("5 training"), Error);
}
