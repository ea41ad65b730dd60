#include "tests/worker/train/tiny_run.h"

#include <cmath>
#include <fstream>

#include "base/durable_file.h"
#include "base/hash.h"
#include "tests/support/write_image_cache.h"
#include "worker/data/cache_manifest.h"

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* kHeader =
    "Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,"
    "Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,"
    "Pleural Effusion,Pleural Other,Fracture,Support Devices\n";

// One row per view; positive and negative studies alternate.
std::string table(const std::string& part, int first_patient, int studies,
                  const TinyRunOptions& options, bool one_class) {
  std::string text = kHeader;
  for (int i = 0; i < studies; ++i) {
    const bool positive = one_class || i % 2 == 0;
    const std::string patient = std::to_string(10000 + first_patient + i);
    for (int view = 1; view <= 1 + i % options.most_views; ++view) {
      text += "CheXpert-v1.0-small/" + part + "/patient" + patient + "/study1/view" +
              std::to_string(view) +
              "_frontal.jpg,Male,50,Frontal,AP,0.0,0.0,0.0,0.0,0.0,0.0,0.0," + "0.0," +
              (positive ? "1.0" : "0.0") + ",0.0,0.0,0.0,0.0,0.0\n";
    }
  }
  return text;
}

// Noise, and a brighter middle in positives.
std::string pixels(unsigned image, int label) {
  std::string bytes;
  unsigned state = image * 747796405U + 1;
  for (int y = 0; y < TinyRun::kPx; ++y) {
    for (int x = 0; x < TinyRun::kPx; ++x) {
      state = state * 1664525U + 1013904223U;
      const bool middle = std::abs(y - 8) < 4 && std::abs(x - 8) < 4;
      bytes += static_cast<char>((state >> 25) + (middle && label == 1 ? 60U : 0U));
    }
  }
  return bytes;
}

void write_cache(const fs::path& folder, const data::Dataset& dataset,
                 const std::string& data_manifest) {
  fs::create_directory(folder);
  std::string images;
  unsigned number = 0;
  for (const auto* part : {&dataset.train, &dataset.valid}) {
    for (const data::Study& study : *part) {
      for (std::size_t view = 0; view < study.images.size(); ++view) {
        images += pixels(number++, study.label);
      }
    }
  }
  data::CacheManifest manifest;
  manifest.data_manifest = data_manifest;
  manifest.upsampled_images = 5;
  data::count_studies(dataset, manifest);
  test::write_image_cache(folder, TinyRun::kPx, dataset.images(), images, manifest);
}

}  // namespace

TinyRun::TinyRun(TinyRunOptions options) {
  const fs::path root = dir / "data";
  fs::create_directory(root);
  replace_file(root / "train.csv", table("train", 1, options.train_studies, options, false));
  replace_file(root / "valid.csv",
               table("valid", 60000, options.valid_studies, options, options.one_class));
  dataset = data::load_dataset(root, spec.data.labels);
  spec.data.manifest = attempt::data_manifest(root, spec.data.labels);
  write_cache(dir / "cache", dataset, spec.data.manifest);

  spec.sweep = "tiny";
  spec.run = "16-tiny-s7";
  spec.resolution = kPx;
  spec.architecture = {"tiny", 4, {2, 2}, 8, 2};
  spec.seed = 7;
  spec.recipe.studies_per_batch = 6;
  spec.recipe.epochs = 2;
  spec.recipe.hidden_features = 16;
  spec.data.root = root;
  spec.data.cache = dir / "cache";
  spec.identity = sha256_hex(attempt::canonical_configuration(spec));
}

fs::path TinyRun::new_attempt(int number) const {
  const fs::path folder = dir / std::to_string(number);
  fs::create_directory(folder);
  attempt::Spec numbered = spec;
  numbered.attempt = number;
  for (int older = number - 1; older >= 1; --older) {
    numbered.resume_from.push_back("../" + std::to_string(older));
  }
  numbered.identity = sha256_hex(attempt::canonical_configuration(numbered));
  attempt::write_spec(folder, numbered);
  return folder;
}

}  // namespace radsweep::test
