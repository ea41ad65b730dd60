// Paths of CheXpert's CSV files.
#include "tests/fuzz/fuzz_input.h"
#include "worker/data/study_path.h"

using namespace radsweep;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const data::StudyPath path = data::parse_study_path(text);
  if (!path.problem.empty()) return 0;
  const auto inside = std::filesystem::path("/data") / path.image;
  fuzz::expect(inside == inside.lexically_normal(), "a path is taken apart into plain names");
  fuzz::expect(path.image.starts_with(path.study + "/"), "an image lies within its study");
  fuzz::expect(path.study.starts_with(path.split + "/"), "a study lies within its split");
  fuzz::expect(path.split == "train" || path.split == "valid", "there are two splits");
  fuzz::expect(path.image.find_first_of(std::string(",\"\n\r\0", 5)) == std::string::npos,
               "a path needs no quotes in an index");
  return 0;
}
