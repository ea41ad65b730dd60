#include "worker/train/measure_speed.h"

#include <chrono>
#include <cmath>

#include "base/error.h"
#include "worker/attempt/spec_check.h"
#include "worker/model/initialise.h"
#include "worker/train/device.h"
#include "worker/train/memory_format.h"
#include "worker/train/noise_data.h"
#include "worker/train/step_graphs.h"
#include "worker/train/training_run.h"
#include "worker/train/validate.h"

namespace radsweep::train {
namespace fs = std::filesystem;
namespace {

// The first step makes the optimiser's tensors and the device's memory pools, the second may still
// fill what the first left open. Where steps are recorded the second is.
constexpr int kWarmUpSteps = 2;
constexpr double kPatience_s = 20;
constexpr int kFewestSteps = 3;

// Ends a training, or a validation, that was measured long enough.
struct MeasuredEnough {};

// Told how many images have been through, before the first step and after every one.
class StepClock {
 public:
  explicit StepClock(int wanted) : wanted_(static_cast<std::size_t>(wanted)) {}

  void tick(long images) {
    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double> passed = now - before_;
    if (++ticks_ > 1 + kWarmUpSteps) {
      steps_.push_back({images - images_, passed.count()});
      timed_s_ += passed.count();
    }
    before_ = now;
    images_ = images;
    const bool long_enough = steps_.size() >= kFewestSteps && timed_s_ > kPatience_s;
    if (steps_.size() >= wanted_ || long_enough) throw MeasuredEnough();
  }
  std::vector<MeasuredStep> steps() const { return steps_; }

 private:
  using Clock = std::chrono::steady_clock;
  std::size_t wanted_;
  std::vector<MeasuredStep> steps_;
  Clock::time_point before_;
  double timed_s_ = 0;
  long images_ = 0;
  int ticks_ = 0;
};

// What all phases share.
struct Subject {
  const attempt::Spec& spec;
  const fs::path& folder;
  const data::Dataset& dataset;
  const data::ImageCache& cache;
  const ComputeDevice& device;
  model::StudyClassifier model;
  int steps;
  Recording recording;
};

// The recipe's steps, not its course: one phase alone, and rates so small that noise with random
// labels leaves every loss finite.
attempt::Spec only_phase(const attempt::Spec& spec, const Phase& phase) {
  attempt::Spec one = spec;
  one.recipe.drop_last = true;
  one.recipe.base_lr = 1e-6;
  (phase.frozen() ? one.recipe.epochs : one.recipe.frozen_epochs) = 0;
  return one;
}

// Recorded steps are fast from the second of a size on, and a training sees each size many times. A
// measurement does not: its batches are all of the average size, of studies of one image; unless a
// training's would be too large to be recorded.
void level_batches(attempt::Spec& spec, SpeedOptions& options) {
  const int planned = attempt::planned_batch_images(spec.recipe.studies_per_batch);
  const long images = std::lround(spec.recipe.studies_per_batch * options.images_per_study);
  if (images > planned) return;
  spec.recipe.studies_per_batch = static_cast<int>(images);
  options.images_per_study = 1;
}

MeasuredPhase measure_phase(Subject& subject, const Phase& phase, attempt::EventLog& events) {
  const attempt::Spec spec = only_phase(subject.spec, phase);
  StepClock clock(subject.steps);
  const TrainingRun* training = nullptr;
  // A training asks before every step whether it shall stop: then the one before has ended.
  const auto ask = [&] {
    clock.tick(training->progress().images);
    return false;
  };
  TrainingRun run({spec, subject.folder, subject.dataset, subject.cache, subject.device.device, ask,
                   [&subject] { return subject.device.memory_mb(); }, nullptr, subject.recording},
                  subject.model, events);
  training = &run;
  try {
    run.run();
  } catch (const MeasuredEnough&) {
    return {phase.name, clock.steps()};
  }
  throw Error(ExitCode::internal, "measure the speed of", spec.run,
              "the training ended after " + std::to_string(run.progress().step) + " steps");
}

MeasuredPhase measure_validation(Subject& subject) {
  StepClock clock(subject.steps);
  const auto batch = static_cast<std::size_t>(subject.spec.recipe.studies_per_batch);
  const std::vector<data::Study>& studies = subject.dataset.valid;
  std::size_t seen = 0;
  long images = 0;
  const auto tick = [&] {
    for (const std::size_t end = seen + batch; seen < end; ++seen) {
      images += static_cast<long>(studies.at(seen).images.size());
    }
    clock.tick(images);
  };
  clock.tick(0);
  try {
    validate(subject.model, subject.cache, studies, subject.spec.recipe, subject.device.device,
             tick);
  } catch (const MeasuredEnough&) {
    return {"validation", clock.steps()};
  }
  throw Error(ExitCode::internal, "measure the speed of", subject.spec.run,
              "the validation ended too early");
}

NoiseOptions noise_for(const attempt::Spec& spec, const SpeedOptions& options) {
  // the last tick of a training comes before a step that is not done any more
  const int studies = (kWarmUpSteps + options.steps + 1) * spec.recipe.studies_per_batch;
  return {spec.resolution, studies, studies, options.images_per_study};
}

}  // namespace

SpeedMeasurement measure_speed(attempt::Spec spec, const fs::path& folder, SpeedOptions options,
                               Stage& stage) {
  stage = Stage::spec;
  attempt::check_spec(spec);
  stage = Stage::device;
  use_processors(spec.slot);
  const ComputeDevice device = open_device(spec.slot, spec.recipe.precision);
  const model::StudyClassifierOptions network = model::options_of(spec.architecture, spec.recipe);
  model::prepare(network.kernels, device.device);
  const kernels::cuda::GraphRecorder recorder = recorder_for(spec, device.device);
  const int planned = attempt::planned_batch_images(spec.recipe.studies_per_batch);
  if (recorder) level_batches(spec, options);

  stage = Stage::data;
  const data::Dataset dataset = write_noise(folder, noise_for(spec, options));
  const data::ImageCache cache(folder, spec.resolution);
  model::StudyClassifier model(network);
  model::initialise(model, spec.seed);
  place(model, device.device);

  stage = Stage::training;
  attempt::EventLog events(folder);
  // memory as a run takes it
  const Recording recording{recorder, {planned, spec.recipe.studies_per_batch}};
  Subject subject{spec, folder, dataset, cache, device, model, options.steps, recording};
  SpeedMeasurement measured{device.description, 0, {}};
  for (const Phase& phase : phases_of(spec.recipe)) {
    measured.phases.push_back(measure_phase(subject, phase, events));
  }
  measured.phases.push_back(measure_validation(subject));
  measured.peak_memory_mb = device.memory_mb();
  return measured;
}

}  // namespace radsweep::train
