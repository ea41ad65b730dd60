#include "worker/train/ensemble.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.h"
#include "worker/attempt/attempt_files.h"
#include "worker/data/file_batch.h"
#include "worker/model/pretrained.h"
#include "worker/train/batch_tensors.h"
#include "worker/train/device.h"
#include "worker/train/memory_format.h"

namespace radsweep::train {
namespace {

bool same_question(const attempt::Spec& a, const attempt::Spec& b) {
  return a.resolution == b.resolution && a.data.labels.target == b.data.labels.target &&
         a.data.labels.uncertain == b.data.labels.uncertain &&
         a.data.labels.negatives == b.data.labels.negatives;
}

model::StudyClassifier trained_model(const std::filesystem::path& attempt,
                                     const attempt::Spec& spec) {
  model::StudyClassifier model(model::options_of(spec.architecture, spec.recipe));
  model::load_weights(model, attempt / attempt::kBestWeights);
  place(model, at::kCPU);
  model->eval();
  return model;
}

}  // namespace

Ensemble::Ensemble(const std::vector<std::filesystem::path>& attempts) {
  ensure(!attempts.empty(), "an ensemble has at least one member");
  for (const std::filesystem::path& attempt : attempts) {
    specs_.push_back(attempt::read_spec(attempt));
    if (!same_question(specs_.front(), specs_.back())) {
      throw Error(ExitCode::usage, "predict with", attempt.string(),
                  "it has another resolution or label policy than " + attempts.front().string(),
                  "name runs of one cell");
    }
    models_.push_back(trained_model(attempt, specs_.back()));
  }
  attempt::Slot slot = spec().slot;
  slot.cpus.clear();  // any processor of this machine
  slot.gpu_uuid.clear();
  use_processors(slot);
}

std::vector<double> Ensemble::logits(const std::filesystem::path& root,
                                     const std::vector<data::Study>& studies) {
  const at::NoGradGuard no_grad;
  const auto size = static_cast<std::size_t>(spec().recipe.studies_per_batch);
  std::vector<double> means;
  for (std::size_t begin = 0; begin < studies.size(); begin += size) {
    const auto part = std::span(studies).subspan(begin, std::min(size, studies.size() - begin));
    data::Batch batch = data::read_batch(root, part, spec().resolution);
    const BatchTensors tensors = to_tensors(batch, spec().resolution, at::kCPU);
    std::vector<double> sums(part.size());
    for (model::StudyClassifier& model : models_) {
      const at::Tensor output =
          model->forward(tensors.images, tensors.study_of_view, tensors.labels.size(0))
              .contiguous();
      for (std::size_t i = 0; i < part.size(); ++i) {
        sums[i] += static_cast<double>(output.const_data_ptr<float>()[i]);
      }
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (!std::isfinite(sums[i])) {
        throw Error(ExitCode::environment, "predict", part[i].key, "the logit is not finite");
      }
      means.push_back(sums[i] / static_cast<double>(models_.size()));
    }
  }
  return means;
}

}  // namespace radsweep::train
