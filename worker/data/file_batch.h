// A batch straight from JPEG files, without a cache: for predicting on images seen once.
#pragma once

#include <filesystem>
#include <span>

#include "worker/data/batch_loader.h"
#include "worker/data/dataset.h"

namespace radsweep::data {

// All views of the studies, decoded, resized to [px, px] and normalised: the same floats as
// BatchLoader::validation delivers from a cache. Image paths are below `root`; absolute ones stay
// as they are. Throws Error(environment) naming the first image that is missing or damaged.
Batch read_batch(const std::filesystem::path& root, std::span<const Study> studies, int px);

}  // namespace radsweep::data
