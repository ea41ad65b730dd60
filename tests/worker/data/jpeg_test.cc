#include "worker/data/jpeg.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST_CASE(
    "decode_jpeg gives Pillow's grey pixels and refuses files that end early, as Pillow does") {
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
    fields >> name;
    ++cases;
    if (line.ends_with("refused")) {
      CHECK_THROWS_WITH_AS(data::decode_jpeg_file(GOLDEN_DIR "/jpeg/" + name),
                           doctest::Contains("remature end"), Error);
      CHECK_THROWS_AS(inspect_jpeg_file(GOLDEN_DIR "/jpeg/" + name), Error);
      continue;
    }
    fields >> width >> height >> std::hex >> crc >> crc_small;
    REQUIRE(fields);
    const auto image = data::decode_jpeg_file(GOLDEN_DIR "/jpeg/" + name);
    CHECK(image.width == width);
    CHECK(image.height == height);
    CHECK(crc_of(image.pixels) == crc);
    CHECK(crc_of(data::lanczos_resize(image.pixels, width, height, 24, 24)) == crc_small);
    CHECK(inspect_jpeg_file(GOLDEN_DIR "/jpeg/" + name).width == width);
  }
  CHECK(cases == 18);
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

TEST_CASE("decode_jpeg refuses a file whose image data is damaged although its end is there") {
  const std::string good = test::small_jpeg(1, 64, 64);
  std::string hollow = good;
  hollow.erase(hollow.size() / 2, hollow.size() / 4);
  CHECK(why_refused(hollow) != "accepted");
  // bytes too many are harmless by themselves but hide no damage
  hollow.insert(hollow.size() - 2, "\x12\x34");
  CHECK(why_refused(hollow) != "accepted");
  const std::size_t tables = hollow.find("\xFF\xDB");
  REQUIRE(tables != std::string::npos);
  CHECK(why_refused(hollow.insert(tables, "\x01\x02")) != "accepted");
}

namespace {

// Announces another size than the file has.
std::string with_size(std::string bytes, int width, int height) {
  const std::size_t frame = bytes.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  for (const int value : {height, width}) {
    const std::size_t at = frame + (value == height ? 5 : 7);
    bytes[at] = static_cast<char>(value >> 8);
    bytes[at + 1] = static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

TEST_CASE("an image beyond Pillow's limit of pixels is refused by its header") {
  test::TempDir folder;
  const std::string huge = with_size(test::small_jpeg(1), 65000, 64999);
  CHECK(why_refused(huge).find("65000 x 64999 pixels, more than the 178956970") !=
        std::string::npos);
  test::write_text(folder / "huge.jpg", huge);
  CHECK_THROWS_WITH_AS(inspect_jpeg_file(folder / "huge.jpg"), doctest::Contains("Pillow accepts"),
                       Error);
  // Pillow 11.3.0 opens the first and refuses the second
  test::write_text(folder / "limit.jpg", with_size(test::small_jpeg(1), 13370, 13369));
  CHECK_NOTHROW(inspect_jpeg_file(folder / "limit.jpg"));
  test::write_text(folder / "over.jpg", with_size(test::small_jpeg(1), 13400, 13399));
  CHECK_THROWS_AS(inspect_jpeg_file(folder / "over.jpg"), Error);
}

#ifndef __SANITIZE_ADDRESS__  // whose own memory does not fit under a limit
TEST_CASE("an image that does not fit the memory is a bad image and not the end") {
  const std::string large = with_size(test::small_jpeg(1), 13370, 13369);
  rlimit before{};
  ::getrlimit(RLIMIT_AS, &before);
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  statm >> pages;
  const rlimit limited{pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + (100 << 20),
                       before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_AS, &limited) == 0);
  const std::string why = why_refused(large);
  ::setrlimit(RLIMIT_AS, &before);
  CHECK(why == "there is not enough memory for its 13370 x 13369 pixels");
}
#endif

TEST_CASE("what is no regular file is refused before anything waits for it") {
  test::TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe.jpg").c_str(), 0600) == 0);
  for (const auto& path : {dir / "pipe.jpg", std::filesystem::path("/dev/zero"), dir.path()}) {
    CAPTURE(path);
    CHECK_THROWS_WITH_AS(data::decode_jpeg_file(path), doctest::Contains("not a regular file"),
                         Error);
    CHECK_THROWS_WITH_AS(inspect_jpeg_file(path), doctest::Contains("not a regular file"), Error);
  }
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
  test::write_text(folder / "padded.jpg", good + std::string(5000, 'x'));
  CHECK_NOTHROW(inspect_jpeg_file(folder / "padded.jpg"));
  CHECK_THROWS_WITH_AS(inspect_jpeg_file(folder / "none.jpg"), doctest::Contains("No such file"),
                       Error);
}
