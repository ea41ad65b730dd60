#include "worker/train/attempt_run.h"

#include <torch/version.h>

#include <iostream>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "code_version.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/result.h"
#include "worker/attempt/spec.h"
#include "worker/attempt/spec_check.h"
#include "worker/model/initialise.h"
#include "worker/model/pretrained.h"
#include "worker/train/device.h"
#include "worker/train/device_notes.h"
#include "worker/train/failure.h"
#include "worker/train/gradient_sync.h"
#include "worker/train/memory_format.h"
#include "worker/train/nccl_sync.h"
#include "worker/train/rank_processes.h"
#include "worker/train/step_graphs.h"
#include "worker/train/stop_request.h"
#include "worker/train/training_run.h"

namespace radsweep::train {
namespace fs = std::filesystem;
namespace {

using attempt::Result;
using attempt::Spec;
using attempt::WorkerExit;

Result blank_result(const Spec& spec) {
  Result result;
  result.run = spec.run;
  result.identity = spec.identity;
  result.attempt = spec.attempt;
  result.data_manifest = spec.data.manifest;
  result.code_version = kCodeVersion;
  result.torch_version = TORCH_VERSION;
  return result;
}

// The data of the sweep, not what lies there by now: else results of one sweep would mix.
void require_manifest(const Spec& spec) {
  const std::string found = attempt::data_manifest(spec.data.root, spec.data.labels);
  if (found == spec.data.manifest) return;
  throw Error(ExitCode::environment, "train on", spec.data.root,
              "train.csv, valid.csv or the label policy changed since the sweep was planned "
              "(manifest " +
                  found.substr(0, 12) + ", expected " + spec.data.manifest.substr(0, 12) + ")",
              "restore the files, or run the sweep again: it plans anew");
}

// By its name for the data: other data of CheXpert's shape has images of the same paths.
void require_cache_of(const Spec& spec, const data::ImageCache& cache) {
  if (cache.data_manifest() == spec.data.manifest) return;
  throw Error(ExitCode::environment, "train on", spec.data.cache,
              "this image cache is of other data or another label policy (manifest " +
                  cache.data_manifest().substr(0, 12) + ", expected " +
                  spec.data.manifest.substr(0, 12) + ")",
              "`radsweep data prepare ROOT --cache ANOTHER` makes one");
}

void count(const std::vector<data::Study>& studies, const data::ImageCache& cache, int& total,
           int& positive, int& images) {
  for (const data::Study& study : studies) {
    ++total;
    positive += study.label;
    images += static_cast<int>(study.images.size());
    for (const std::string& image : study.images) cache.row_of(image);  // throws when missing
  }
}

void describe_data(Result& result, const data::Dataset& dataset, const data::ImageCache& cache) {
  result.images_sha256 = cache.images_sha256();
  result.data_set = dataset.variant;
  result.upsampled_images = static_cast<int>(cache.upsampled_images());
  count(dataset.train, cache, result.train_studies, result.train_positive, result.train_images);
  count(dataset.valid, cache, result.valid_studies, result.valid_positive, result.valid_images);
}

// Random from the seed; the body from the pretrained file when the spec names one.
model::StudyClassifier initial_model(const Spec& spec) {
  model::StudyClassifier model(model::options_of(spec.architecture, spec.recipe));
  model::initialise(model, spec.seed);
  if (spec.pretrained.empty()) return model;
  if (sha256_of_file(spec.pretrained) != spec.pretrained_sha256) {
    throw Error(ExitCode::environment, "start from", spec.pretrained,
                "the file changed since the sweep was planned",
                "restore it, or run the sweep again: it plans anew");
  }
  model::load_pretrained_features(model, spec.pretrained);
  return model;
}

void describe_training(Result& result, const Progress& progress, double memory_mb) {
  result.epochs = progress.epochs;
  result.predictions = progress.best_predictions;
  result.best_epoch = progress.best_epoch;
  result.best_auc = progress.best_auc;
  result.best_loss_epoch = progress.best_loss_epoch;
  result.best_loss = progress.best_loss;
  result.steps = progress.step;
  result.train_seconds = total_seconds(progress);
  result.images_per_second = mean_images_per_second(progress);
  result.peak_memory_mb = memory_mb;
}

// Of no importance: a disk that refuses it is no reason not to start.
void tell_loading(const fs::path& folder) {
  attempt::Beat beat;
  beat.phase = "loading";
  try {
    attempt::write_beat(folder, beat);
  } catch (const Error& failure) {
    std::cerr << "warning: " << failure.what() << '\n';
  }
}

void tell_notes(const Spec& spec, const ComputeDevice& device, attempt::EventLog& events) {
  for (const std::string& note : device_notes(spec, device)) {
    std::cerr << "warning: " << note << '\n';
    events.note(note);
  }
}

WorkerExit fail(Result& result, const Failure& failure) {
  result.outcome = attempt::Outcome::failed;
  result.error_class = failure.error_class;
  result.error = failure.text;
  std::cerr << "failed (" << failure.error_class << "): " << failure.text << '\n';
  return failure.exit;
}

WorkerExit close(Result& result, TrainingEnd end) {
  switch (end) {
    case TrainingEnd::done:
      result.outcome = attempt::Outcome::done;
      return WorkerExit::done;
    case TrainingEnd::stopped:
      result.outcome = attempt::Outcome::stopped;
      return WorkerExit::stopped;
    case TrainingEnd::not_finite:
      break;
  }
  return fail(result, not_finite(result.steps));
}

// All devices of the run, by what this one is.
std::string describe_devices(const ComputeDevice& device, const attempt::Slot& slot) {
  if (slot.others.empty()) return device.description;
  if (slot.gpu_uuid.empty()) return std::to_string(slot.ranks()) + " x " + device.description;
  std::string text = device.description;
  for (const attempt::Slot& other : slot.others) text += " + " + other.gpu_uuid;
  return text;
}

const attempt::Slot& slot_of(const Spec& spec, int rank) {
  ensure(rank >= 0 && rank < spec.slot.ranks(), "a slot for every rank");
  return rank == 0 ? spec.slot : spec.slot.others[static_cast<std::size_t>(rank) - 1];
}

std::unique_ptr<GradientSync> make_sync(RankMemory* memory, const ComputeDevice& device) {
  if (!memory) return nullptr;
  if (device.device.is_cpu()) return std::make_unique<MemorySync>(*memory);
  return std::make_unique<NcclSync>(*memory, make_side_stream(device.device));
}

// `result` receives what is known so far, `stage` how far it came, also when this throws. With
// `ranks`: as one of them.
WorkerExit carry_out(const Spec& spec, const fs::path& folder, RankMemory* ranks, Result& result,
                     Stage& stage) {
  stage = Stage::device;
  const attempt::Slot& slot = slot_of(spec, ranks ? ranks->rank() : 0);
  use_processors(slot);
  const ComputeDevice device = open_device(slot, spec.recipe.precision);
  result.device = describe_devices(device, spec.slot);
  const std::unique_ptr<GradientSync> sync = make_sync(ranks, device);
  model::prepare(model::options_of(spec.architecture, spec.recipe).kernels, device.device);
  const kernels::cuda::GraphRecorder recorder = recorder_for(spec, device.device);

  stage = Stage::data;
  require_manifest(spec);
  const data::Dataset dataset = data::load_dataset(spec.data.root, spec.data.labels);
  const data::ImageCache cache(spec.data.cache, spec.resolution);
  require_cache_of(spec, cache);
  describe_data(result, dataset, cache);
  model::StudyClassifier model = initial_model(spec);
  place(model, device.device);

  const bool leads = !sync || sync->leads();
  attempt::EventLog events(folder);
  if (leads) tell_notes(spec, device, events);
  const auto memory_mb = [&device] { return device.memory_mb(); };
  TrainingRun run({spec,
                   folder,
                   dataset,
                   cache,
                   device.device,
                   stop_requested,
                   memory_mb,
                   sync.get(),
                   {recorder, recorded_batches(spec.recipe.studies_per_batch, dataset.train)}},
                  model, events);
  stage = Stage::training;
  const std::string resumed_from = run.resume();
  if (leads) events.started(result.device, resumed_from, run.progress().step);
  try {
    const TrainingEnd end = run.run();
    describe_training(result, run.progress(), device.memory_mb());
    if (leads && fs::exists(folder / attempt::kBestWeights)) {
      result.best_weights_sha256 = sha256_of_file(folder / attempt::kBestWeights);
    }
    return close(result, end);
  } catch (const std::exception&) {
    describe_training(result, run.progress(), device.memory_mb());
    throw;
  }
}

// Tells the other ranks what made this one give up.
void tell_ranks(RankMemory& ranks, const Failure& failure) {
  ranks.fail({ranks.rank(), failure.error_class, static_cast<int>(failure.exit), failure.text});
}

WorkerExit carry_out_with_others(const Spec& spec, const fs::path& folder, int lock_descriptor,
                                 Result& result, Stage& stage) {
  stage = Stage::device;
  RankMemory ranks = RankMemory::create(spec.slot.ranks());
  const RankProcesses others(folder, spec.slot, ranks, lock_descriptor);
  try {
    return carry_out(spec, folder, &ranks, result, stage);
  } catch (const std::exception& failure) {
    tell_ranks(ranks, classify(failure, stage));
    throw;
  }
}

}  // namespace

WorkerExit run_attempt(const fs::path& folder) {
  const Spec spec = attempt::read_spec(folder);
  attempt::AliveLock lock = attempt::AliveLock::hold_as_worker(folder);
  const int lock_descriptor = lock.descriptor();
  std::move(lock).keep_until_exit();
  if (attempt::read_result(folder)) {
    throw Error(ExitCode::environment, "start in", folder.string(),
                "this attempt is sealed: it has a result.json");
  }
  listen_for_stop_requests();
  tell_loading(folder);
  Result result = blank_result(spec);
  Stage stage = Stage::spec;
  WorkerExit exit = WorkerExit::failed;
  try {
    attempt::check_spec(spec);
    exit = spec.slot.others.empty()
               ? carry_out(spec, folder, nullptr, result, stage)
               : carry_out_with_others(spec, folder, lock_descriptor, result, stage);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    exit = fail(result, classify(failure, stage));
  }
  attempt::write_result(folder, result);
  return exit;
}

WorkerExit run_rank(const fs::path& folder, int rank) {
  RankMemory ranks = join_ranks(rank);
  Result unused;
  Stage stage = Stage::spec;
  try {
    const Spec spec = attempt::read_spec(folder);
    const WorkerExit exit = carry_out(spec, folder, &ranks, unused, stage);
    // what all of them found is rank 0's to tell
    return exit == WorkerExit::stopped ? exit : WorkerExit::done;
  } catch (const std::exception& failure) {
    std::cerr << "rank " << rank << ": " << failure.what() << '\n';
    const Failure told = classify(failure, stage);
    tell_ranks(ranks, told);
    return told.exit;
  }
}

}  // namespace radsweep::train
