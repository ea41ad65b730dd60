#include "base/hash.h"

#include <doctest/doctest.h>

#include <fstream>

#include "base/error.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;

TEST_CASE("sha256_hex gives the digests of FIPS 180-2") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("sha256_of_file equals the digest of the content and names an unreadable file") {
  test::TempDir dir;
  const std::string content(3'000'000, 'x');
  std::ofstream(dir / "big", std::ios::binary) << content;
  CHECK(sha256_of_file(dir / "big") == sha256_hex(content));
  CHECK_THROWS_WITH_AS(sha256_of_file(dir / "none"), doctest::Contains("none"), Error);
}

TEST_CASE("crc32_of gives zlib's check value and continues an earlier sum") {
  CHECK(crc32_of("123456789") == 0xcbf43926u);
  CHECK(crc32_of("6789", crc32_of("12345")) == 0xcbf43926u);
}
