#include "worker/data/jpeg.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/worker/data/small_data_set.h"
#include "worker/data/lanczos_resize.h"

using namespace radsweep;
using data::decode_jpeg;
using data::inspect_jpeg_file;

namespace {

std::uint32_t crc_of(const std::vector<std::uint8_t>& pixels) {
  return crc32_of({reinterpret_cast<const char*>(pixels.data()), pixels.size()});
}

std::string why_refused(const std::string& bytes) {
  try {
    decode_jpeg(bytes, "image");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    return error.why();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("decode_jpeg gives Pillow's grey pixels of grey and colour files") {
  std::ifstream golden(GOLDEN_DIR "/jpeg/expected.txt");
  std::string line;
  std::getline(golden, line);
  REQUIRE(line.starts_with("# Pillow"));
  int cases = 0;
  while (std::getline(golden, line)) {
    CAPTURE(line);
    std::istringstream fields(line);
    std::string name;
    int width, height;
    std::uint32_t crc, crc_small;
    fields >> name >> width >> height >> std::hex >> crc >> crc_small;
    REQUIRE(fields);
    const auto image = data::decode_jpeg_file(GOLDEN_DIR "/jpeg/" + name);
    CHECK(image.width == width);
    CHECK(image.height == height);
    CHECK(crc_of(image.pixels) == crc);
    CHECK(crc_of(data::lanczos_resize(image.pixels, width, height, 24, 24)) == crc_small);
    ++cases;
  }
  CHECK(cases == 9);
}

TEST_CASE("decode_jpeg refuses what is no whole JPEG and says why") {
  const std::string good = test::small_jpeg(1, 64, 64);
  CHECK(why_refused(good) == "accepted");
  CHECK(why_refused("") == "the file is empty");
  CHECK(why_refused("hello") == "this is not a JPEG file");
  CHECK(why_refused("\x89PNG\r\n") == "this is a PNG file, not a JPEG");
  CHECK(why_refused(good.substr(0, good.size() / 2)).find("remature end") != std::string::npos);
  CHECK(why_refused(good.substr(0, 30)) != "accepted");
}

TEST_CASE("inspect_jpeg_file knows the size of an image and misses an end that was cut off") {
  test::TempDir folder;
  const std::string good = test::small_jpeg(1, 64, 50);
  test::write_text(folder / "good.jpg", good);
  const auto size = inspect_jpeg_file(folder / "good.jpg");
  CHECK(size.width == 64);
  CHECK(size.height == 50);

  test::write_text(folder / "cut.jpg", good.substr(0, good.size() - 2));
  CHECK_THROWS_WITH_AS(inspect_jpeg_file(folder / "cut.jpg"), doctest::Contains("ends early"),
                       Error);
  test::write_text(folder / "padded.jpg", good + std::string(16, '\0'));
  CHECK_NOTHROW(inspect_jpeg_file(folder / "padded.jpg"));
  CHECK_THROWS_WITH_AS(inspect_jpeg_file(folder / "none.jpg"), doctest::Contains("No such file"),
                       Error);
}
