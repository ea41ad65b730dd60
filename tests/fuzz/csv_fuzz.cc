// CheXpert's CSV files. Whatever stands in them, an image that is taken lies within the data.
#include "tests/fuzz/fuzz_input.h"
#include "worker/data/chexpert_csv.h"

using namespace radsweep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  folder.write("train.csv", fuzz::text_of(data, size));
  fuzz::may_refuse([&] {
    data::Problems problems;
    const auto table = data::read_chexpert_csv(folder.path(), "train", {}, problems);
    for (const auto& study : table.studies) {
      fuzz::expect(study.labels.size() == table.findings.size(), "a study has all its labels");
      for (const auto& image : study.images) {
        const auto path = (folder.path() / image.path).lexically_normal().string();
        fuzz::expect(path.starts_with(folder.path().string() + "/train/patient"),
                     "an image lies within the data");
        fuzz::expect(path.find('\0') == std::string::npos, "a path holds no zero byte");
      }
    }
  });
  return 0;
}
