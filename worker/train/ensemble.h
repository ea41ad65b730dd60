// Trained runs that predict together: the mean of their logits. One run is an ensemble of one.
#pragma once

#include <filesystem>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/data/dataset.h"
#include "worker/model/study_classifier.h"

namespace radsweep::train {

class Ensemble {
 public:
  // Loads spec.json and best.safetensors of each sealed attempt folder; at least one. Computes on
  // the CPU, with the first run's number of threads, so that on its validation studies a run
  // predicts to the bit what it stored. Throws Error(environment) when a file is missing or does
  // not fit, Error(usage) when the runs differ in resolution or label policy.
  explicit Ensemble(const std::vector<std::filesystem::path>& attempts);

  // Of the first run: what all have in common, and its batches.
  const attempt::Spec& spec() const { return specs_.front(); }

  // The mean logit of each study; its images are JPEG files below `root`. Reads and computes
  // batch by batch. Throws Error(environment) on an image that cannot be read, or a logit that is
  // not finite.
  std::vector<double> logits(const std::filesystem::path& root,
                             const std::vector<data::Study>& studies);

 private:
  std::vector<attempt::Spec> specs_;
  std::vector<model::StudyClassifier> models_;
};

}  // namespace radsweep::train
