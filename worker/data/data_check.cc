#include "worker/data/data_check.h"

#include <algorithm>
#include <mutex>

#include "base/error.h"
#include "worker/data/chexpert_csv.h"
#include "worker/data/dataset.h"
#include "worker/data/label_policy.h"

namespace radsweep::data {
namespace {

struct Views {
  std::size_t frontal = 0, lateral = 0;
};

Views views_of(const StudyRows& study) {
  Views views;
  for (const auto& image : study.images) {
    ++(image.path.find("lateral") != std::string::npos ? views.lateral : views.frontal);
  }
  return views;
}

// "2 frontal + 1 lateral"
std::string text_of(const Views& views) {
  std::string text;
  if (views.frontal > 0) text = std::to_string(views.frontal) + " frontal";
  if (views.lateral > 0) {
    text += (text.empty() ? "" : " + ") + std::to_string(views.lateral) + " lateral";
  }
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
  for (auto* counts :
       {&part.studies_by_mention, &part.frontal_by_mention, &part.lateral_by_mention}) {
    counts->resize(table.findings.size());
  }
  for (const auto& study : table.studies) {
    const Views views = views_of(study);
    for (std::size_t i = 0; i < study.labels.size(); ++i) {
      const auto mention = static_cast<std::size_t>(study.labels[i]);
      ++part.studies_by_mention[i][mention];
      part.frontal_by_mention[i][mention] += views.frontal;
      part.lateral_by_mention[i][mention] += views.lateral;
    }
    ++part.views[text_of(views)];
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
  check_images(root, images, depth, threads, problems, [&](ImageSize size) {
    const std::scoped_lock lock(mutex);
    for (auto& [px, count] : report.smaller_images) {
      if (size.width > 0 && std::min(size.width, size.height) < px) ++count;
    }
    ++done;
    if (progress) progress(done, images.size());
  });
  return report;
}

}  // namespace radsweep::data
