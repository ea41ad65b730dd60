// Are the images that a data set names there, and are they whole?
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "worker/data/jpeg.h"
#include "worker/data/problems.h"

namespace radsweep::data {

struct Dataset;
struct StudyTable;

// An image with the CSV row that names it.
struct NamedImage {
  std::string path;  // below the data root
  std::string file;  // "train.csv"
  long row = 0;
};

// In the order of Dataset::images().
std::vector<NamedImage> named_images(const Dataset& dataset);
std::vector<NamedImage> named_images(const StudyTable& table);

enum class ImageCheckDepth {
  ends,   // header and end marker: finds missing, foreign and cut-off files
  decode  // every pixel
};

// Adds every image that fails to `problems`, with the row that names it. `each` is called after
// every image, from several threads, with its size; 0 x 0 for one that failed.
void check_images(const std::filesystem::path& root, std::span<const NamedImage> images,
                  ImageCheckDepth depth, int threads, Problems& problems,
                  const std::function<void(ImageSize)>& each);

// An image that could not be read, as a problem: missing or bad.
Problem image_problem(const std::filesystem::path& root, const NamedImage& image,
                      const std::string& why);

}  // namespace radsweep::data
