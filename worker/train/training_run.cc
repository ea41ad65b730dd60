#include "worker/train/training_run.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include "base/error.h"
#include "worker/attempt/attempt_files.h"
#include "worker/model/weights_file.h"
#include "worker/train/checkpoint.h"
#include "worker/train/validate.h"

namespace radsweep::train {
namespace {

using Clock = std::chrono::steady_clock;
// Within an epoch; at most this much work is lost when the machine goes down.
constexpr std::chrono::seconds kCheckpointEvery{600};

Adam make_adam(const model::StudyClassifier& model, const attempt::Recipe& recipe) {
  return Adam(group_parameters(*model, recipe.param_groups),
              {recipe.beta2, recipe.eps, recipe.weight_decay, recipe.decay_norm_and_bias});
}

// Writing during the training may fail for want of space; the training goes on.
template <typename Action>
bool attempted(Action&& action) {
  try {
    action();
    return true;
  } catch (const Error& failure) {
    if (failure.code() != ExitCode::environment) throw;
    std::cerr << "warning: " << failure.what() << "\n  the training goes on\n";
    return false;
  }
}

// An epoch that ends in a single study, when its order puts one with a single image there.
void refuse_lone_image(const attempt::Spec& spec, const std::vector<data::Study>& studies) {
  const auto batch = static_cast<std::size_t>(spec.recipe.studies_per_batch);
  if (spec.recipe.drop_last || studies.size() % batch != 1) return;
  const bool possible = std::ranges::any_of(
      studies, [](const data::Study& study) { return study.images.size() == 1; });
  if (!possible) return;
  throw Error(
      ExitCode::usage, "train on", spec.data.root,
      "with drop_last: false the last of " + std::to_string(studies.size()) +
          " training studies is a batch by itself; one image has no batch statistics",
      "set drop_last: true, or studies_per_batch to another number than " + std::to_string(batch));
}

// On a GPU threads decide no number.
int deciding_threads(const TrainingInputs& inputs) {
  return inputs.device.is_cpu() ? inputs.spec.slot.threads : 0;
}

std::string threads_text(int threads) {
  if (threads == 0) return "on a GPU";
  return "with " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

std::string ranks_text(int ranks) {
  return ranks == 1 ? "by one process" : "by " + std::to_string(ranks) + " processes together";
}

int ranks_of(const TrainingInputs& inputs) {
  return inputs.sync ? inputs.sync->ranks() : 1;
}

data::BatchPart part_of(const TrainingInputs& inputs) {
  return inputs.sync ? data::BatchPart{inputs.sync->rank(), inputs.sync->ranks()}
                     : data::BatchPart{};
}

}  // namespace

TrainingRun::TrainingRun(TrainingInputs inputs, model::StudyClassifier model,
                         attempt::EventLog& events)
    : inputs_(std::move(inputs)),
      events_(events),
      state_{model,
             make_adam(model, inputs_.spec.recipe),
             {},
             {},
             {},
             deciding_threads(inputs_),
             ranks_of(inputs_)},
      step_(state_.model, state_.adam, inputs_.sync),
      batches_(data::batches_per_epoch(inputs_.dataset.train.size(), inputs_.spec.recipe)),
      heartbeat_(inputs_.folder,
                 {batches_ * epochs_of(inputs_.spec.recipe), epochs_of(inputs_.spec.recipe)},
                 inputs_.memory_mb) {
  if (batches_ < 1 || inputs_.dataset.valid.empty()) {
    throw Error(ExitCode::environment, "train on", inputs_.spec.data.root,
                std::to_string(inputs_.dataset.train.size()) + " training and " +
                    std::to_string(inputs_.dataset.valid.size()) +
                    " validation studies are too few",
                "a training batch takes " + std::to_string(inputs_.spec.recipe.studies_per_batch) +
                    " studies");
  }
  refuse_lone_image(inputs_.spec, inputs_.dataset.train);
  if (inputs_.recording.recorder) step_.record(inputs_.recording);
}

// What rank 0 says.
bool TrainingRun::agreed(bool value) const {
  return inputs_.sync ? inputs_.sync->of_first(value) : value;
}

void TrainingRun::note(const std::string& text) {
  std::cerr << "warning: " << text << '\n';
  events_.note(text);
}

void TrainingRun::tell_replays(const StepGraphs::Counts& counts) {
  const std::string text = "cuda_graphs: " + std::to_string(counts.replayed) + " of " +
                           std::to_string(counts.all) + " steps were replays of " +
                           std::to_string(counts.recorded) + " recordings";
  std::cerr << text << '\n';
  attempted([&] { events_.note(text); });
}

std::string TrainingRun::resume() {
  const std::string from = leads() ? resume_alone() : "";
  if (inputs_.sync) share_state(state_, *inputs_.sync);
  return from;
}

std::string TrainingRun::resume_alone() {
  bool passed_over = false;
  const FoundCheckpoint found =
      find_checkpoint(inputs_.folder, inputs_.spec.resume_from, inputs_.spec.identity,
                      [&](const std::string& text) {
                        note(text);
                        passed_over = true;
                      });
  if (!found.file) {
    if (passed_over) note("no checkpoint is usable: the training starts again from its beginning");
    return "";
  }
  restore_run(*found.file, state_);
  const auto before = threads_before(*found.file);
  if (before && *before != state_.threads) {
    note("continues " + threads_text(state_.threads) + " what was begun " + threads_text(*before) +
         ": the numbers may differ in their last digits from those of an undisturbed run");
  }
  const int ranks = ranks_before(*found.file);
  if (ranks != state_.ranks) {
    note("continues " + ranks_text(state_.ranks) + " what was begun " + ranks_text(ranks) +
         ": the numbers may differ in their last digits from those of an undisturbed run");
  }
  // The files may be another attempt's, or know more than the checkpoint: write them anew.
  best_written_ = state_.best.empty();
  best_loss_written_ = state_.best_loss.empty();
  attempted([this] { write_best_weights(); });
  if (found.path.parent_path() == inputs_.folder) saved_step_ = state_.progress.step;
  return found.name;
}

TrainingEnd TrainingRun::run() {
  lap_start_ = saved_at_ = Clock::now();
  const TrainingEnd end = train_phases();
  if (!leads()) return end;
  if (step_.graphs()) tell_replays(step_.graphs()->counts());
  attempted([this] { events_.catch_up(); });
  if (end == TrainingEnd::done) {
    write_best_weights();
  } else {
    attempted([this] { write_best_weights(); });
  }
  return end;
}

TrainingEnd TrainingRun::train_phases() {
  for (const Phase& phase : phases_of(inputs_.spec.recipe)) {
    if (state_.progress.epoch >= phase.end_epoch()) continue;
    enter(phase);
    while (state_.progress.epoch < phase.end_epoch()) {
      TrainingEnd end = train_epoch(phase);
      if (end == TrainingEnd::done) end = close_epoch(phase);
      if (end != TrainingEnd::done) return end;
    }
  }
  return TrainingEnd::done;
}

void TrainingRun::enter(const Phase& phase) {
  const attempt::Recipe& recipe = inputs_.spec.recipe;
  if (phase.frozen()) {
    freeze_body(state_.adam.parameters(), recipe.train_norm_while_frozen);
  } else {
    unfreeze(state_.adam.parameters());
  }
  step_.learning_changed();
  const Progress& progress = state_.progress;
  const bool at_start = progress.epoch == phase.first_epoch && progress.batch == 0;
  if (at_start && !recipe.keep_optimizer_state) state_.adam.wipe();
}

// From the batch the run is at to the end of the epoch; `done` means the epoch.
TrainingEnd TrainingRun::train_epoch(const Phase& phase) {
  const attempt::Spec& spec = inputs_.spec;
  Progress& progress = state_.progress;
  state_.model->train();
  // the processors of a run on the CPU are busy with the training itself
  const int threads = inputs_.device.is_cpu() ? 1 : spec.slot.threads;
  auto loader = data::BatchLoader::training(
      inputs_.cache, inputs_.dataset.train, spec.recipe, spec.seed, progress.epoch, progress.batch,
      threads, part_of(inputs_), images_for(inputs_.device, spec.recipe));
  std::optional<LoadedBatch> next;
  while (progress.batch < batches_) {
    if (agreed(inputs_.stop_requested())) {
      if (progress.step != saved_step_) save();
      return TrainingEnd::stopped;
    }
    const Rates rates = rates_at(spec.recipe, phase, progress.epoch, progress.batch, batches_);
    if (!next) next = load_from(loader);
    const at::Tensor loss_on_device = step_.queue(*next, spec.seed, progress.step, rates);
    const std::int64_t images = next->batch.views_of_all;
    next.reset();
    // a GPU is given its next batch while it is busy with this one
    if (inputs_.device.is_cuda() && progress.batch + 1 < batches_) next = load_from(loader);
    const double loss = step_.whole_loss(loss_on_device);
    if (!std::isfinite(loss)) return TrainingEnd::not_finite;

    progress.loss_sum += loss;
    progress.images += images;
    ++progress.batch;
    ++progress.step;
    const double seconds = lap();
    progress.seconds += seconds;
    progress.train_seconds += seconds;
    tell(phase.name, loss);
    if (Clock::now() - saved_at_ > kCheckpointEvery) save();
  }
  return TrainingEnd::done;
}

LoadedBatch TrainingRun::load_from(data::BatchLoader& loader) const {
  auto batch = loader.next();
  ensure(batch.has_value(), "the loader delivers every batch of an epoch");
  LoadedBatch loaded{*std::move(batch), {}};
  loaded.tensors = to_tensors(loaded.batch, inputs_.cache.resolution(), inputs_.device);
  return loaded;
}

void TrainingRun::tell(const std::string& phase, double loss) {
  if (leads()) heartbeat_.tell(state_.progress, phase, loss);
}

// Validates and records. The event is on the disk before the checkpoint that covers it, so a
// resumed run never skips an epoch nobody heard of.
TrainingEnd TrainingRun::close_epoch(const Phase& phase) {
  Progress& progress = state_.progress;
  const attempt::Spec& spec = inputs_.spec;
  Validation validation;  // the other ranks wait for the first one's
  if (leads()) {
    validation = validate(state_.model, inputs_.cache, inputs_.dataset.valid, spec.recipe,
                          inputs_.device, [&] { tell("validating", 0); });
  }
  if (!agreed(std::isfinite(validation.loss))) return TrainingEnd::not_finite;
  progress.seconds += lap();

  attempt::EpochRecord record;
  record.phase = phase.name;
  for (long batch = 0; batch < batches_; ++batch) {
    const Rates rates = rates_at(spec.recipe, phase, progress.epoch, batch, batches_);
    record.lr_body = std::max(record.lr_body, rates.lr.front());
    record.lr_head = std::max(record.lr_head, rates.lr.back());
  }
  record = finish_epoch(progress, record, batches_, validation);
  if (!leads()) return TrainingEnd::done;
  if (record.is_best) state_.best = copy_weights(state_.model);
  if (record.is_best_loss) state_.best_loss = copy_weights(state_.model);
  best_written_ = best_written_ && !record.is_best;
  best_loss_written_ = best_loss_written_ && !record.is_best_loss;

  attempted([&] { events_.epoch(record, validation.predictions); });
  save();
  attempted([this] { write_best_weights(); });
  return TrainingEnd::done;
}

void TrainingRun::save() {
  if (!leads()) return;
  const bool saved = attempted([this] {
    events_.catch_up();
    save_run(inputs_.folder, inputs_.spec.identity, state_);
  });
  if (saved) saved_step_ = state_.progress.step;
  saved_at_ = Clock::now();
  state_.progress.seconds += lap();
}

void TrainingRun::write_best_weights() {
  const auto write = [this](bool& written, const char* name, const Weights& weights, int epoch) {
    if (written) return;
    model::write_weights_file(
        inputs_.folder / name, weights,
        {{"identity", inputs_.spec.identity}, {"epoch", std::to_string(epoch)}});
    written = true;
  };
  write(best_written_, attempt::kBestWeights, state_.best, state_.progress.best_epoch);
  write(best_loss_written_, attempt::kBestLossWeights, state_.best_loss,
        state_.progress.best_loss_epoch);
}

double TrainingRun::lap() {
  const Clock::time_point now = Clock::now();
  const std::chrono::duration<double> passed = now - lap_start_;
  lap_start_ = now;
  return passed.count();
}

}  // namespace radsweep::train
