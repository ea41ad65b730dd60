// The network that a spec's training begins with, without weights from elsewhere.
#pragma once

#include "worker/attempt/spec.h"
#include "worker/model/initialise.h"
#include "worker/model/study_classifier.h"
#include "worker/train/memory_format.h"

namespace radsweep::test {

inline model::StudyClassifier initial_model(const attempt::Spec& spec) {
  model::StudyClassifier model(model::options_of(spec.architecture, spec.recipe));
  model::initialise(model, spec.seed);
  train::place(model, at::kCPU);
  return model;
}

}  // namespace radsweep::test
