// train.csv or valid.csv of CheXpert, grouped into studies, with what a check wants to count.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/data/label_policy.h"
#include "worker/data/problems.h"

namespace radsweep::data {

// The fourteen findings of CheXpert, in the order of its files.
const std::vector<std::string>& chexpert_findings();

struct ImageRow {
  std::string path;  // "train/patient00001/study1/view1_frontal.jpg"
  long row = 0;      // line in the CSV file
};

// All rows of a study; they carry the same labels, since those were read from one report.
struct StudyRows {
  std::string key;               // "train/patient00001/study1"
  std::vector<Mention> labels;   // of StudyTable::findings
  std::vector<ImageRow> images;  // by path
};

struct StudyTable {
  std::string file;                   // "train.csv"
  std::string variant;                // first row's folder, "CheXpert-v1.0-small"
  std::vector<std::string> findings;  // label columns that are read
  std::vector<StudyRows> studies;     // by key
  std::size_t rows = 0;               // usable ones
  std::size_t patients = 0;
  // Rows per value of Sex, Frontal/Lateral and AP/PA, where the file has these columns.
  std::map<std::string, std::map<std::string, std::size_t>> described;
  // Rows per finding (as in `findings`) and Mention.
  std::vector<std::array<std::size_t, 4>> mentions;

  // Position in `findings`; throws Error(internal) when it is not there.
  std::size_t finding(const std::string& name) const;
};

// Reads `root`/`split`.csv, split being train or valid. Columns may stand in any order; read are
// Path, the findings of CheXpert that are there, and those the policy names, which must be there.
// Everything wrong goes to `problems`, and the rows concerned are left out; never throws for bad
// data.
StudyTable read_chexpert_csv(const std::filesystem::path& root, const std::string& split,
                             const attempt::LabelPolicy& policy, Problems& problems);

}  // namespace radsweep::data
