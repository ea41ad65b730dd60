#include "worker/train/validate.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "base/error.h"
#include "worker/train/batch_tensors.h"
#include "worker/train/roc_auc.h"

namespace radsweep::train {
namespace {

// Binary cross entropy of a logit, without overflow for large ones.
double cross_entropy(double logit, int label) {
  return std::max(logit, 0.0) - logit * label + std::log1p(std::exp(-std::abs(logit)));
}

double sigmoid(double logit) {
  return 1 / (1 + std::exp(-logit));
}

}  // namespace

Validation validate(model::StudyClassifier& model, const data::ImageCache& cache,
                    const std::vector<data::Study>& studies, const attempt::Recipe& recipe,
                    at::Device device, const std::function<void()>& tick) {
  const at::NoGradGuard no_grad;
  model->eval();
  Validation validation;
  std::vector<int> labels;
  std::vector<double> logits;
  auto loader = data::BatchLoader::validation(cache, studies, recipe.studies_per_batch,
                                              images_for(device, recipe));
  while (auto batch = loader.next()) {
    const BatchTensors tensors = to_tensors(*batch, cache.resolution(), device);
    const at::Tensor output =
        model->forward(tensors.images, tensors.study_of_view, tensors.labels.size(0))
            .cpu()
            .contiguous();
    for (std::size_t i = 0; i < batch->studies.size(); ++i) {
      const data::Study& study = studies[batch->studies[i]];
      const double logit = static_cast<double>(output.const_data_ptr<float>()[i]);
      labels.push_back(study.label);
      logits.push_back(logit);
      validation.loss += cross_entropy(logit, study.label);
      validation.predictions.push_back({study.key, study.label, logit, sigmoid(logit)});
    }
    tick();
  }
  ensure(logits.size() == studies.size(), "validation saw every study once");
  validation.loss /= static_cast<double>(studies.size());
  if (std::isfinite(validation.loss)) validation.auc = roc_auc(labels, logits);
  return validation;
}

}  // namespace radsweep::train
