#include "worker/data/dataset.h"

#include "base/error.h"
#include "worker/data/chexpert_csv.h"
#include "worker/data/label_policy.h"
#include "worker/data/problems.h"

namespace radsweep::data {

std::vector<std::string> Dataset::images() const {
  std::vector<std::string> paths;
  for (const auto* part : {&train, &valid}) {
    for (const auto& study : *part) {
      paths.insert(paths.end(), study.images.begin(), study.images.end());
    }
  }
  return paths;
}

std::vector<Study> labelled_studies(const StudyTable& table, const attempt::LabelPolicy& labels) {
  std::vector<Study> studies;
  if (table.studies.empty()) return studies;
  const std::size_t target = table.finding(labels.target);
  std::vector<std::size_t> negative_columns;
  for (const auto& name : labels.negatives) negative_columns.push_back(table.finding(name));

  std::vector<Mention> negatives(negative_columns.size());
  for (const auto& rows : table.studies) {
    for (std::size_t i = 0; i < negatives.size(); ++i) {
      negatives[i] = rows.labels[negative_columns[i]];
    }
    const auto label = label_of(labels, rows.labels[target], negatives);
    if (!label) continue;
    Study study{rows.key, *label, {}, {}};
    for (const auto& image : rows.images) {
      study.images.push_back(image.path);
      study.rows.push_back(image.row);
    }
    studies.push_back(std::move(study));
  }
  return studies;
}

Dataset make_dataset(const StudyTable& train, const StudyTable& valid,
                     const attempt::LabelPolicy& labels, Problems& problems) {
  Dataset dataset{labelled_studies(train, labels), labelled_studies(valid, labels), train.variant};
  if (!problems.empty()) return dataset;
  for (const auto& [table, studies] :
       {std::pair{&train, &dataset.train}, {&valid, &dataset.valid}}) {
    if (!studies->empty()) continue;
    problems.add({ProblemKind::too_few_studies, table->file, 0,
                  "none of its " + std::to_string(table->studies.size()) +
                      " studies has a label for '" + labels.target + "' under this policy"});
  }
  return dataset;
}

void require_folder(const std::filesystem::path& root) {
  if (std::filesystem::is_directory(root)) return;
  throw Error(ExitCode::environment, "use the data set", root.string(), "there is no such folder",
              "name the folder that holds train.csv and valid.csv");
}

Dataset load_dataset(const std::filesystem::path& root, const attempt::LabelPolicy& labels,
                     Problems& problems) {
  check_policy(labels);
  require_folder(root);
  const StudyTable train = read_chexpert_csv(root, "train", labels, problems);
  const StudyTable valid = read_chexpert_csv(root, "valid", labels, problems);
  return make_dataset(train, valid, labels, problems);
}

Dataset load_dataset(const std::filesystem::path& root, const attempt::LabelPolicy& labels) {
  Problems problems;
  Dataset dataset = load_dataset(root, labels, problems);
  problems.throw_if_any(root, kListedPerKind,
                        "correct these rows; `radsweep data check " + root.string() +
                            "` lists all of them, and images too");
  return dataset;
}

}  // namespace radsweep::data
