// What was published about CheXpert-v1.0, beside what a data set's files hold.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace radsweep::data {

struct DataReport;

struct PublishedCount {
  std::string what;  // "train.csv: studies with Atelectasis = -1"
  std::size_t published = 0, found = 0;

  bool agrees() const { return published == found; }
};

// Empty unless the files are the real CheXpert's, full-size or small: paths that begin with
// "CheXpert-v1.0" and at least nine tenths of its training studies. The counts under a label
// policy are compared only for the paper's own (Atelectasis, U-Ones, No Finding).
// Sources: rows, studies and patients, Irvin et al. 2019 (CheXpert), section 2; studies by finding
// and used studies, Chizari (HAW Hamburg), tables 1 and 2.
std::vector<PublishedCount> compare_with_published(const DataReport& report);

}  // namespace radsweep::data
