#include "worker/data/image_cache.h"

#include <doctest/doctest.h>

#include "base/durable_file.h"
#include "base/error.h"
#include "tests/worker/data/small_data_set.h"
#include "worker/data/prepare_cache.h"

using namespace radsweep;
using data::ImageCache;

TEST_CASE("ImageCache refuses a cache that is missing, incomplete or changed, and names the file") {
  test::SmallDataSet files;
  data::PrepareOptions options;
  options.root = files.root();
  options.cache = files.cache();
  options.resolutions = {8};
  data::prepare_cache(options);
  const auto cache = files.cache();
  REQUIRE(ImageCache(cache, 8).size() == 6);

  const auto refused_for = [&](int resolution) -> std::string {
    try {
      const ImageCache refused(cache, resolution);
    } catch (const Error& error) {
      CHECK(error.code() == ExitCode::environment);
      return error.what();
    }
    return "accepted";
  };
  CHECK(refused_for(16).find("manifest-16.json: there is no finished cache") != std::string::npos);
  SUBCASE("pack of another size") {
    std::filesystem::resize_file(cache / "images-8.u8", 100);
    CHECK(refused_for(8).find("it has 100 bytes, not the 384") != std::string::npos);
  }
  SUBCASE("no pack") {
    std::filesystem::remove(cache / "images-8.u8");
    CHECK(refused_for(8).find("No such file") != std::string::npos);
  }
  SUBCASE("another index") {
    test::write_text(cache / "index.csv", read_file(cache / "index.csv") + "6,more.jpg\n");
    CHECK(refused_for(8).find("not the index that the manifest names") != std::string::npos);
  }
  SUBCASE("a manifest that is no JSON") {
    test::write_text(cache / "manifest-8.json", "{\"format\": 1");
    CHECK(refused_for(8).find("manifest-8.json") != std::string::npos);
  }
  SUBCASE("an image that is not in it") {
    CHECK_THROWS_WITH_AS(ImageCache(cache, 8).row_of("train/x.jpg"),
                         doctest::Contains("does not hold this image"), Error);
  }
}
