#include "worker/data/prepare_cache.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/worker/data/small_data_set.h"
#include "worker/data/image_cache.h"
#include "worker/data/lanczos_resize.h"
#include "worker/data/pack_file.h"

using namespace radsweep;
using data::prepare_cache;
using data::PrepareOptions;
using test::SmallDataSet;
namespace fs = std::filesystem;

namespace {

PrepareOptions options_for(const SmallDataSet& files) {
  PrepareOptions options;
  options.root = files.root();
  options.cache = files.cache();
  options.resolutions = {8, 24};
  options.threads = 2;
  return options;
}

// A set of two chunks and a bit, whose images take no time.
void write_many_images(SmallDataSet& files) {
  const int studies = static_cast<int>(2 * data::kChunkImages) + 40;
  files.train.clear();
  for (int i = 0; i < studies; ++i) {
    const std::string path =
        "train/patient" + std::to_string(10000 + i) + "/study1/view1_frontal.jpg";
    files.train.push_back("x/" + path + ",Male,," + (i % 2 == 0 ? "1.0" : "0.0"));
    test::write_text(files / path, test::small_jpeg(i, 9, 10));
  }
  files.write_csv();
}

std::string bytes_of(const fs::path& cache) {
  std::string bytes;
  for (const char* name :
       {"index.csv", "images-8.u8", "images-24.u8", "manifest-8.json", "manifest-24.json"}) {
    bytes += std::string(name) + "\n" + read_file(cache / name);
  }
  return bytes;
}

std::string complaint(const PrepareOptions& options) {
  try {
    prepare_cache(options);
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("prepare_cache writes every used image at every resolution, resized from its file") {
  SmallDataSet files;
  const auto manifests = prepare_cache(options_for(files));
  REQUIRE(manifests.size() == 2);
  CHECK(manifests[0].resolution == 8);
  CHECK(manifests[0].upsampled_images == 0);
  CHECK(manifests[1].upsampled_images == 6);  // 20 x 17 to 24 x 24
  for (const auto& manifest : manifests) {
    CHECK(manifest.images == 6);
    CHECK(manifest.train_studies == 3);
    CHECK(manifest.train_positive == 2);
    CHECK(manifest.train_images == 4);
    CHECK(manifest.valid_studies == 2);
    CHECK(manifest.valid_positive == 1);
    CHECK(manifest.valid_images == 2);
    CHECK(manifest.variant == "CheXpert-v1.0");
    CHECK(manifest.data_manifest == attempt::data_manifest(files.root(), {}));
    const auto pack = data::images_file(files.cache(), manifest.resolution);
    CHECK(manifest.images_sha256 == sha256_of_file(pack));
    CHECK(manifest.index_sha256 == sha256_of_file(files.cache() / "index.csv"));
    CHECK(manifest == data::read_manifest(files.cache(), manifest.resolution));

    const data::ImageCache cache(files.cache(), manifest.resolution);
    CHECK(cache.size() == 6);
    const std::string path = "valid/patient64542/study1/view1_frontal.jpg";
    const auto source = data::decode_jpeg_file(files / path);
    const auto expected = data::lanczos_resize(source.pixels, source.width, source.height,
                                               manifest.resolution, manifest.resolution);
    CHECK(cache.row_of(path) == 5);
    CHECK(std::ranges::equal(cache.image(5), expected));
  }
}

TEST_CASE("an interrupted preparation continues to the same bytes") {
  SmallDataSet files;
  write_many_images(files);
  auto options = options_for(files);
  options.threads = 1;
  prepare_cache(options);
  const std::string expected = bytes_of(files.cache());

  options.cache = files.cache().string() + "-2";
  std::atomic<bool> stop = false;
  std::size_t first_done = 0;
  bool is_first = true;
  options.stop = &stop;
  options.progress = [&](const std::string& doing, std::size_t done, std::size_t) {
    if (doing != "resizing") return;
    if (std::exchange(is_first, false)) first_done = done;
    if (done == data::kChunkImages + 20) stop = true;
  };
  try {
    prepare_cache(options);
    FAIL("it was not stopped");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::stopped);
  }
  CHECK(first_done == 0);
  CHECK_FALSE(fs::exists(options.cache / "manifest-8.json"));

  stop = false;
  is_first = true;
  options.progress = [&](const std::string& doing, std::size_t done, std::size_t) {
    if (doing == "resizing" && std::exchange(is_first, false)) first_done = done;
  };
  SUBCASE("with what was journaled") {
    prepare_cache(options);
    CHECK(first_done == data::kChunkImages);
  }
  SUBCASE("a damaged chunk is made again") {
    std::fstream pack(options.cache / "images-8.u8", std::ios::in | std::ios::out);
    pack.seekp(100);
    pack.write("damage", 6);
    pack.close();
    prepare_cache(options);
    CHECK(first_done == 0);
  }
  CHECK(bytes_of(options.cache) == expected);
  CHECK_FALSE(fs::exists(options.cache / "journal-8.txt"));
}

TEST_CASE("a killed preparation continues to the same bytes") {
  SmallDataSet files;
  write_many_images(files);
  auto options = options_for(files);
  prepare_cache(options);
  const std::string expected = bytes_of(files.cache());

  options.cache = files.cache().string() + "-2";
  options.threads = 1;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    options.progress = [](const std::string& doing, std::size_t done, std::size_t) {
      if (doing == "resizing" && done == data::kChunkImages + 20) ::kill(::getpid(), SIGKILL);
    };
    prepare_cache(options);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK_FALSE(fs::exists(options.cache / "manifest-8.json"));
  prepare_cache(options);
  CHECK(bytes_of(options.cache) == expected);
}

TEST_CASE("a preparation removes what a killed one was writing, and nothing else") {
  SmallDataSet files;
  const auto options = options_for(files);
  prepare_cache(options);
  const std::string expected = bytes_of(files.cache());
  const char* names[] = {"index.csv.tmp.12", "manifest-8.json.tmp.3", "bad-input.txt.tmp.4",
                         "journal-24.txt.tmp.5", "journal-8.txt"};
  for (const char* name : names) std::ofstream(files.cache() / name) << "half";
  std::ofstream(files.cache() / "index.csv.mine") << "kept";
  prepare_cache(options);
  for (const char* name : names) CHECK_FALSE(fs::exists(files.cache() / name));
  CHECK(fs::remove(files.cache() / "index.csv.mine"));
  CHECK(bytes_of(files.cache()) == expected);
}

TEST_CASE("the bytes of a cache depend neither on threads nor on the resolutions asked together") {
  SmallDataSet files;
  auto options = options_for(files);
  options.threads = 1;
  prepare_cache(options);
  const std::string expected = bytes_of(files.cache());
  options.cache = files.cache().string() + "-2";
  options.threads = 5;
  options.resolutions = {24};
  prepare_cache(options);
  options.resolutions = {8, 24, 8};
  CHECK(prepare_cache(options).size() == 3);
  CHECK(bytes_of(options.cache) == expected);
}

TEST_CASE("a finished cache is left alone, a missing pack is made again") {
  SmallDataSet files;
  const auto options = options_for(files);
  prepare_cache(options);
  const auto written = fs::last_write_time(files.cache() / "images-8.u8");
  fs::remove(files.cache() / "images-24.u8");
  fs::remove_all(files / "train/patient00003");  // dropped by the policy, so not needed
  prepare_cache(options);
  CHECK(fs::last_write_time(files.cache() / "images-8.u8") == written);
  CHECK(data::ImageCache(files.cache(), 24).size() == 6);
}

TEST_CASE("prepare_cache lists every image that is missing or damaged, with file and row") {
  SmallDataSet files;
  const std::string good = read_file(files / "train/patient00002/study1/view1_frontal.jpg");
  fs::remove(files / "train/patient00001/study1/view2_lateral.jpg");
  test::write_text(files / "valid/patient64541/study1/view1_frontal.jpg",
                   good.substr(0, good.size() - 9));
  const auto options = options_for(files);
  std::string all = complaint(options);
  CHECK(contains(all,
                 "1 missing images:\n  train.csv:3: train/patient00001/study1/view2_lateral"
                 ".jpg: there is no such file"));
  CHECK(contains(all,
                 "valid.csv:2: valid/patient64541/study1/view1_frontal.jpg: the file ends early"));
  CHECK(contains(read_file(files.cache() / "bad-input.txt"), "train.csv:3"));

  SUBCASE("rows that are wrong are in the same list") {
    files.train[3] = "x";
    files.write_csv();
    all = complaint(options);
    CHECK(contains(all, "train.csv:5: 1 fields"));
    CHECK(contains(all, "train.csv:3: train/patient00001"));
  }
  SUBCASE("damage within a file is found while decoding") {
    test::write_text(files / "train/patient00001/study1/view2_lateral.jpg", good);
    std::string hollow = good;
    hollow.replace(hollow.size() - 40, 38, "\xFF\xD9" + std::string(36, '\0'));
    test::write_text(files / "valid/patient64541/study1/view1_frontal.jpg", hollow);
    all = complaint(options);
    CHECK(contains(all, "1 unreadable images:\n  valid.csv:2: "));
  }
  SUBCASE("once corrected, the cache is made and the list removed") {
    test::write_text(files / "train/patient00001/study1/view2_lateral.jpg", good);
    test::write_text(files / "valid/patient64541/study1/view1_frontal.jpg", good);
    prepare_cache(options);
    CHECK_FALSE(fs::exists(files.cache() / "bad-input.txt"));
  }
}

TEST_CASE("prepare_cache refuses the cache of other data or another policy and leaves it alone") {
  SmallDataSet files;
  auto options = options_for(files);
  prepare_cache(options);
  const std::string before = bytes_of(files.cache());
  SUBCASE("another policy") {
    options.labels.uncertain = "drop";
  }
  SUBCASE("other rows") {
    files.train.pop_back();
    files.write_csv();
  }
  CHECK(contains(complaint(options), "is of other data or another label policy"));
  CHECK(bytes_of(files.cache()) == before);
}

TEST_CASE("a second preparation of the same cache waits for the first") {
  SmallDataSet files;
  auto options = options_for(files);
  fs::create_directories(options.cache);
  const int fd =
      ::open((options.cache / "prepare.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  REQUIRE(::flock(fd, LOCK_EX) == 0);
  std::string notice;
  options.notice = [&](const std::string& message) {
    notice = message;
    CHECK_FALSE(fs::exists(options.cache / "index.csv"));
    ::close(fd);  // the first one ends
  };
  prepare_cache(options);
  CHECK(contains(notice, "waiting"));
}

TEST_CASE("a pack that is too long becomes the cache it should be") {
  SmallDataSet files;
  prepare_cache(options_for(files));
  const std::string expected = bytes_of(files.cache());
  fs::remove(files.cache() / "manifest-8.json");
  test::write_text(files.cache() / "images-8.u8",
                   read_file(files.cache() / "images-8.u8") + std::string(1000, 'x'));
  prepare_cache(options_for(files));
  CHECK(bytes_of(files.cache()) == expected);
  CHECK_NOTHROW(data::ImageCache(files.cache(), 8));
}
