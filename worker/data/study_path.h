// A path of CheXpert's CSV files, taken apart:
//   CheXpert-v1.0-small/train/patient00001/study2/view1_frontal.jpg
#pragma once

#include <string>
#include <string_view>

namespace radsweep::data {

struct StudyPath {
  std::string variant;  // "CheXpert-v1.0-small"; the folders before the split, may be empty
  std::string split;    // "train" or "valid"
  std::string study;    // "train/patient00001/study2"
  std::string image;    // "train/patient00001/study2/view1_frontal.jpg"

  std::string problem;  // why the path is none of these; empty: it is one
};

// Whatever folders stand before train/ or valid/ are accepted. Absolute paths, "..", other file
// types than .jpg and other levels are not. Never throws.
StudyPath parse_study_path(std::string_view path);

}  // namespace radsweep::data
