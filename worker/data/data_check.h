// Counts everything about a data set that a published number can be held against.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/data/cache_manifest.h"
#include "worker/data/image_check.h"
#include "worker/data/problems.h"

namespace radsweep::data {

// Counts by Mention: blank, negative, uncertain, positive.
using MentionCounts = std::array<std::size_t, 4>;

// train.csv or valid.csv.
struct PartReport {
  std::string file;
  std::size_t rows = 0, studies = 0, patients = 0;
  std::vector<std::string> findings;
  // Of each finding. Images are rows.
  std::vector<MentionCounts> rows_by_mention, studies_by_mention;
  std::vector<MentionCounts> frontal_by_mention, lateral_by_mention;
  // Studies under the policy; images of the used ones.
  std::size_t positive = 0, negative = 0, dropped = 0, images = 0;
  // Studies with a finding of the policy's negatives although the target is mentioned.
  std::size_t overlap = 0;
  std::map<std::string, std::size_t> views;  // "1 frontal + 1 lateral" -> studies
  std::map<std::string, std::map<std::string, std::size_t>> described;  // as in StudyTable

  std::size_t used() const { return positive + negative; }
};

struct DataReport {
  std::filesystem::path root;
  attempt::LabelPolicy labels;
  std::string variant;
  std::string data_manifest;  // empty when a CSV file is missing
  PartReport train, valid;
  // Resolution -> images with a side shorter than that, which resizing would blow up.
  std::map<int, std::size_t> smaller_images = {{160, 0}, {320, 0}, {480, 0}};
  // Of the image cache that was checked too, by resolution; what is wrong with it is a problem.
  std::vector<CacheManifest> cache = {};
};

// Reads both CSV files and looks at every image they name, used by the policy or not. What is
// wrong goes to `problems`. `progress` is called from one thread at a time.
DataReport check_data(const std::filesystem::path& root, const attempt::LabelPolicy& labels,
                      ImageCheckDepth depth, int threads, Problems& problems,
                      const std::function<void(std::size_t done, std::size_t total)>& progress);

// The report for people, a page of plain text.
std::string report_text(const DataReport& report);

// The report for programs, one JSON object, with the problems.
std::string report_json(const DataReport& report, const Problems& problems);

}  // namespace radsweep::data
