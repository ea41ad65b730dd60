// One pass over the validation studies.
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <vector>

#include "worker/data/dataset.h"
#include "worker/data/image_cache.h"
#include "worker/model/study_classifier.h"
#include "worker/train/progress.h"

namespace radsweep::train {

// In evaluation mode and without gradients, in batches of the recipe's size; leaves the model in
// evaluation mode. Calls `tick` after every batch. The loss is not finite when a logit is not; the
// AUC is then nothing.
Validation validate(model::StudyClassifier& model, const data::ImageCache& cache,
                    const std::vector<data::Study>& studies, const attempt::Recipe& recipe,
                    at::Device device, const std::function<void()>& tick);

}  // namespace radsweep::train
