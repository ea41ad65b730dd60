// A tiny data set of CheXpert's shape, written for one test and spoiled at will.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "worker/data/jpeg.h"

namespace radsweep::test {

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// A grey JPEG whose pixels depend on `number`.
inline std::string small_jpeg(int number, int width = 20, int height = 17) {
  data::GreyImage image{width, height, {}};
  for (int i = 0; i < width * height; ++i) {
    image.pixels.push_back(static_cast<std::uint8_t>((i * 7 + number * 31 + i / width * 5) % 251));
  }
  return data::encode_grey_jpeg(image, 95);
}

// Four training studies (two positive, one negative, one dropped) of five images, two validation
// studies of one. CSV rows are lines 2 and up.
class SmallDataSet {
 public:
  SmallDataSet() { write(); }

  std::filesystem::path root() const { return folder_ / "CheXpert"; }
  std::filesystem::path operator/(const std::string& name) const { return root() / name; }
  std::filesystem::path cache() const { return folder_ / "cache"; }

  std::string header = "Path,Sex,No Finding,Atelectasis";
  std::vector<std::string> train = {
      "CheXpert-v1.0/train/patient00001/study1/view1_frontal.jpg,Male,,1.0",
      "CheXpert-v1.0/train/patient00001/study1/view2_lateral.jpg,Male,,1.0",
      "CheXpert-v1.0/train/patient00001/study2/view1_frontal.jpg,Male,,-1.0",
      "CheXpert-v1.0/train/patient00002/study1/view1_frontal.jpg,Female,1.0,",
      "CheXpert-v1.0/train/patient00003/study1/view1_frontal.jpg,Female,,"};
  std::vector<std::string> valid = {
      "CheXpert-v1.0/valid/patient64541/study1/view1_frontal.jpg,Male,0,1",
      "CheXpert-v1.0/valid/patient64542/study1/view1_frontal.jpg,Male,1,0"};

  // Writes both CSV files as they are now, with a line end of choice.
  void write_csv(const std::string& line_end = "\n", const std::string& before = "") const {
    for (const auto& [name, rows] : {std::pair{"train.csv", &train}, {"valid.csv", &valid}}) {
      std::string text = before + header + line_end;
      for (const auto& row : *rows) text += row + line_end;
      write_text(root() / name, text);
    }
  }

 private:
  void write() const {
    write_csv();
    int number = 0;
    for (const auto* rows : {&train, &valid}) {
      for (const auto& row : *rows) {
        const std::string path = row.substr(0, row.find(','));
        write_text(root() / path.substr(path.find('/') + 1), small_jpeg(++number));
      }
    }
  }

  TempDir folder_;
};

}  // namespace radsweep::test
