// Getting the weights of a network into and out of files.
#pragma once

#include <filesystem>

#include "worker/model/study_classifier.h"
#include "worker/model/weights_file.h"

namespace radsweep::model {

// Fills `features` from a file with torchvision's names ("features.conv0.weight", ...); the head
// stays as it is. Accepted as they are found in the wild: "classifier.*" is ignored, the dotted
// names of old files ("denselayer1.norm.1.weight") are read as today's
// ("denselayer1.norm1.weight"), a missing num_batches_tracked is 0. Throws Error(environment) that
// lists every missing, unknown and wrongly shaped tensor; the model is then unchanged.
void load_pretrained_features(StudyClassifier& model, const std::filesystem::path& path);

// The whole state, body and head, under the model's own names; float32 models only.
void save_weights(const StudyClassifier& model, const std::filesystem::path& path,
                  const WeightsMetadata& metadata = {});

// Restores what save_weights wrote, exactly, and returns its metadata. Throws Error(environment)
// that lists every tensor that does not fit; the model is then unchanged.
WeightsMetadata load_weights(StudyClassifier& model, const std::filesystem::path& path);

}  // namespace radsweep::model
