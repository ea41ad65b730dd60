#include "worker/data/data_check.h"

#include <algorithm>
#include <mutex>

#include "base/error.h"
#include "worker/data/chexpert_csv.h"
#include "worker/data/dataset.h"
#include "worker/data/label_policy.h"

namespace radsweep::data {
namespace {

// "2 frontal + 1 lateral"
std::string views_of(const StudyRows& study) {
  std::size_t lateral = 0;
  for (const auto& image : study.images) {
    if (image.path.find("lateral") != std::string::npos) ++lateral;
  }
  const std::size_t frontal = study.images.size() - lateral;
  std::string text;
  if (frontal > 0) text = std::to_string(frontal) + " frontal";
  if (lateral > 0) text += (text.empty() ? "" : " + ") + std::to_string(lateral) + " lateral";
  return text;
}

bool has_overlap(const StudyTable& table, const StudyRows& study,
                 const attempt::LabelPolicy& labels) {
  if (study.labels[table.finding(labels.target)] == Mention::blank) return false;
  return std::ranges::any_of(labels.negatives, [&](const std::string& name) {
    return study.labels[table.finding(name)] == Mention::positive;
  });
}

PartReport count_part(const StudyTable& table, const attempt::LabelPolicy& labels) {
  PartReport part;
  part.file = table.file;
  part.rows = table.rows;
  part.studies = table.studies.size();
  part.patients = table.patients;
  part.findings = table.findings;
  part.rows_by_mention = table.mentions;
  part.described = table.described;
  part.studies_by_mention.resize(table.findings.size());
  for (const auto& study : table.studies) {
    for (std::size_t i = 0; i < study.labels.size(); ++i) {
      ++part.studies_by_mention[i][static_cast<std::size_t>(study.labels[i])];
    }
    ++part.views[views_of(study)];
    if (has_overlap(table, study, labels)) ++part.overlap;
  }
  for (const auto& study : labelled_studies(table, labels)) {
    ++(study.label == 1 ? part.positive : part.negative);
    part.images += study.images.size();
  }
  part.dropped = part.studies - part.used();
  return part;
}

}  // namespace

DataReport check_data(const std::filesystem::path& root, const attempt::LabelPolicy& labels,
                      ImageCheckDepth depth, int threads, Problems& problems,
                      const std::function<void(std::size_t done, std::size_t total)>& progress) {
  check_policy(labels);
  require_folder(root);
  const StudyTable train = read_chexpert_csv(root, "train", labels, problems);
  const StudyTable valid = read_chexpert_csv(root, "valid", labels, problems);
  make_dataset(train, valid, labels, problems);  // for what it finds wrong

  DataReport report{
      root, labels, train.variant, {}, count_part(train, labels), count_part(valid, labels)};
  if (std::filesystem::exists(root / "train.csv") && std::filesystem::exists(root / "valid.csv")) {
    report.data_manifest = attempt::data_manifest(root, labels);
  }

  std::vector<NamedImage> images = named_images(train);
  const auto more = named_images(valid);
  images.insert(images.end(), more.begin(), more.end());
  std::mutex mutex;
  std::size_t done = 0;
  check_images(root, images, depth, threads, problems, [&] {
    const std::scoped_lock lock(mutex);
    ++done;
    if (progress) progress(done, images.size());
  });
  return report;
}

}  // namespace radsweep::data
