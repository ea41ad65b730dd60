#include "worker/data/image_check.h"

#include "base/error.h"
#include "worker/data/chexpert_csv.h"
#include "worker/data/dataset.h"
#include "worker/data/parallel_for.h"

namespace radsweep::data {

std::vector<NamedImage> named_images(const Dataset& dataset) {
  std::vector<NamedImage> images;
  for (const auto& [part, file] :
       {std::pair{&dataset.train, "train.csv"}, {&dataset.valid, "valid.csv"}}) {
    for (const auto& study : *part) {
      for (std::size_t i = 0; i < study.images.size(); ++i) {
        images.push_back({study.images[i], file, study.rows[i]});
      }
    }
  }
  return images;
}

std::vector<NamedImage> named_images(const StudyTable& table) {
  std::vector<NamedImage> images;
  for (const auto& study : table.studies) {
    for (const auto& image : study.images) images.push_back({image.path, table.file, image.row});
  }
  return images;
}

Problem image_problem(const std::filesystem::path& root, const NamedImage& image,
                      const std::string& why) {
  std::error_code ignored;
  const bool there = std::filesystem::exists(root / image.path, ignored);
  return {there ? ProblemKind::bad_image : ProblemKind::missing_image, image.file, image.row,
          image.path + ": " + (there ? why : "there is no such file")};
}

void check_images(const std::filesystem::path& root, std::span<const NamedImage> images,
                  ImageCheckDepth depth, int threads, Problems& problems,
                  const std::function<void(ImageSize)>& each) {
  parallel_for(images.size(), threads, [&](std::size_t i) {
    ImageSize size;
    try {
      if (depth == ImageCheckDepth::ends) {
        size = inspect_jpeg_file(root / images[i].path);
      } else {
        const GreyImage image = decode_jpeg_file(root / images[i].path);
        size = {image.width, image.height};
      }
    } catch (const Error& error) {
      problems.add(image_problem(root, images[i], error.why()));
    }
    if (each) each(size);
  });
}

}  // namespace radsweep::data
