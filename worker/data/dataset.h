// The studies of a CheXpert data set under a label policy: what is trained on and validated on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "worker/attempt/spec.h"

namespace radsweep::data {

class Problems;
struct StudyTable;

// A study: one label, one to a few views. `images` are paths relative to the data root, as in the
// CSV but without the leading "CheXpert-v1.0[-small]/" folder:
// "train/patient00001/study1/view1_frontal.jpg".
struct Study {
  std::string key;  // "train/patient00001/study1"
  int label = 0;    // 1 positive, 0 negative
  std::vector<std::string> images;
  std::vector<long> rows = {};  // of each image: its line in train.csv or valid.csv
};

struct Dataset {
  std::vector<Study> train, valid;  // ordered by key: independent of the order of rows
  std::string variant;              // folder the CSV's paths start with, "CheXpert-v1.0-small"

  // Every image of both parts, train first, in order: the rows of a cache's index.csv.
  std::vector<std::string> images() const;
};

// Reads train.csv and valid.csv below `root` and applies the policy. Validation studies with
// known labels are all kept. Throws Error(environment) that lists every malformed row, missing
// column, inconsistent study and unusable value, each with file and row (up to 50 of a kind).
// Throws Error(usage) for an impossible policy.
Dataset load_dataset(const std::filesystem::path& root, const attempt::LabelPolicy& labels);

// The same, but what is wrong with the data goes to `problems` and the rest is returned.
Dataset load_dataset(const std::filesystem::path& root, const attempt::LabelPolicy& labels,
                     Problems& problems);

// Throws Error(environment) unless `root` is a folder.
void require_folder(const std::filesystem::path& root);

// The studies of one file that the policy keeps, with their labels.
std::vector<Study> labelled_studies(const StudyTable& table, const attempt::LabelPolicy& labels);

// The two files read as a data set. A part without a single usable study is a problem, unless
// something else is wrong already.
Dataset make_dataset(const StudyTable& train, const StudyTable& valid,
                     const attempt::LabelPolicy& labels, Problems& problems);

}  // namespace radsweep::data
