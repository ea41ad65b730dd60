// Builds the image cache of a data set: decodes every image once, resizes it to all resolutions.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/data/cache_manifest.h"

namespace radsweep::data {

struct PrepareOptions {
  std::filesystem::path root;   // train.csv, valid.csv, images
  std::filesystem::path cache;  // made when missing
  std::vector<int> resolutions;
  attempt::LabelPolicy labels;
  int threads = 0;  // 0: as many as the machine has

  // Set by a signal handler, say: the work stops after the images in hand and can be continued.
  const std::atomic<bool>* stop = nullptr;
  // `doing` of images: "checking", "resizing", "checksumming". Called from one thread at a time.
  std::function<void(const std::string& doing, std::size_t done, std::size_t total)> progress;
  // Something the user should know: that another preparation is waited for, say.
  std::function<void(const std::string& message)> notice;
};

// Returns the manifests, in the order of `resolutions`; what is finished already is left alone.
// The bytes depend on data and resolution only: not on threads, interruptions or other
// resolutions. May be killed at any time and run again, also twice at once: the second waits.
//
// Throws Error(environment): the data has problems (each is listed with file and row, all of them
// in CACHE/bad-input.txt; good images are kept), the folder holds the cache of other data or
// another policy (nothing is changed), the disk is too small. Error(stopped) after `stop`.
std::vector<CacheManifest> prepare_cache(const PrepareOptions& options);

}  // namespace radsweep::data
