// Random initial weights from a seed.
#pragma once

#include <cstdint>

#include "worker/model/study_classifier.h"

namespace radsweep::model {

// Sets the whole state of a model on the CPU: convolutions and linears from N(0, 2 / fan_in)
// (torchvision and fastai alike: Kaiming, fan_in, ReLU), norms to their start. Every tensor has
// its own stream (seed, name), so the head's start depends on no architecture, and neither
// LibTorch's global generator nor the number of threads matters.
void initialise(StudyClassifier& model, std::uint64_t seed);

}  // namespace radsweep::model
