#include "worker/train/checkpoint.h"

#include <doctest/doctest.h>

#include <fstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/base/file_size_limit.h"
#include "tests/support/temp_dir.h"

using namespace radsweep;
using namespace radsweep::train;
namespace fs = std::filesystem;

namespace {

const std::string kIdentity(64, 'a');

void save(const fs::path& folder, int step, const std::string& identity = kIdentity) {
  const std::string weights(100, static_cast<char>(step));
  save_checkpoint(
      folder, identity, {{"step", step}},
      {{"model/weight", "F32", {5, 5}, weights}, {"model/count", "I64", {}, "12345678"}});
}

struct Search {
  int step = -1;  // of what was found; -1: nothing
  fs::path path;
  std::string name;
  std::vector<std::string> notes;
};

Search search(const fs::path& folder, const std::vector<std::string>& older = {},
              const std::string& identity = kIdentity) {
  Search result;
  const auto found = find_checkpoint(
      folder, older, identity, [&](const std::string& note) { result.notes.push_back(note); });
  if (found.file) result.step = found.file->state().at("step");
  result.path = found.path;
  result.name = found.name;
  return result;
}

void flip_byte(const fs::path& path, std::uintmax_t offset) {
  std::string bytes = read_file(path);
  bytes[offset] = static_cast<char>(bytes[offset] ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a checkpoint gives back state and tensors") {
  test::TempDir dir;
  save(dir.path(), 7);
  const CheckpointFile file(dir / "last.ckpt");
  CHECK(file.identity() == kIdentity);
  CHECK(file.state().at("step") == 7);
  const TensorBytes* weight = file.find("model/weight");
  REQUIRE(weight);
  CHECK(weight->bytes == std::string(100, 7));
  CHECK(weight->shape == std::vector<std::int64_t>{5, 5});
  REQUIRE(file.find("model/count"));
  CHECK(file.find("model/count")->type == "I64");
  CHECK(file.find("model/count")->bytes == "12345678");
  CHECK(file.find("model/nothing") == nullptr);
}

TEST_CASE("a flipped bit anywhere is found out") {
  test::TempDir dir;
  save(dir.path(), 7);
  const auto size = fs::file_size(dir / "last.ckpt");
  for (std::uintmax_t offset = 0; offset < size; ++offset) {
    flip_byte(dir / "last.ckpt", offset);
    CHECK_THROWS_AS(CheckpointFile(dir / "last.ckpt"), Error);
    flip_byte(dir / "last.ckpt", offset);
  }
  CHECK_NOTHROW(CheckpointFile(dir / "last.ckpt"));
}

TEST_CASE(
    "a checkpoint whose checksum is right and whose header is no checkpoint's is passed over") {
  test::TempDir dir;
  const std::string deep(100'000, '[');
  for (const std::string& header :
       {std::string("{}"), std::string("7"),
        std::string(R"({"identity":1,"state":{},"tensors":[]})"),
        R"({"identity":")" + kIdentity + R"(","state":{},"tensors":[{"name":"w"}]})",
        R"({"identity":")" + kIdentity +
            R"(","state":{},"tensors":[{"name":"w","type":"F32","shape":[9],"bytes":99999}]})",
        R"({"identity":"","tensors":[],"state":)" + deep + std::string(deep.size(), ']') + "}"}) {
    CAPTURE(header.substr(0, 200));
    for (const std::uint64_t size : {std::uint64_t{header.size()}, ~std::uint64_t{0}}) {
      std::string bytes = "RSWCKPT\n" + std::string("\1\0\0\0", 4);
      for (int byte = 0; byte < 8; ++byte) bytes += static_cast<char>(size >> (8 * byte) & 0xff);
      bytes += header;
      std::ofstream(dir / "last.ckpt", std::ios::binary) << bytes << sha256_hex(bytes);
      CHECK_THROWS_AS(CheckpointFile(dir / "last.ckpt"), DamagedCheckpoint);
      CHECK(search(dir.path()).notes.size() == 1);
    }
  }
}

TEST_CASE("a checkpoint cut short at any length is found out") {
  test::TempDir dir;
  save(dir.path(), 7);
  const std::string whole = read_file(dir / "last.ckpt");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    std::ofstream(dir / "last.ckpt", std::ios::binary) << whole.substr(0, length);
    CHECK_THROWS_AS(CheckpointFile(dir / "last.ckpt"), Error);
  }
}

TEST_CASE("the newest checkpoint is last, the one before prev, older ones go") {
  test::TempDir dir;
  CHECK(search(dir.path()).step == -1);
  for (int step : {1, 2, 3}) save(dir.path(), step);
  CHECK(search(dir.path()).step == 3);
  CHECK(search(dir.path()).notes.empty());
  CHECK(CheckpointFile(dir / "prev.ckpt").state().at("step") == 2);
  CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 2);
}

TEST_CASE("a damaged last checkpoint is reported and the previous one used") {
  test::TempDir dir;
  for (int step : {1, 2}) save(dir.path(), step);
  flip_byte(dir / "last.ckpt", 60);
  const Search result = search(dir.path());
  CHECK(result.step == 1);
  CHECK(result.path == dir / "prev.ckpt");
  REQUIRE(result.notes.size() == 1);
  CHECK(result.notes[0].find("last.ckpt") != std::string::npos);

  fs::resize_file(dir / "prev.ckpt", 50);
  CHECK(search(dir.path()).step == -1);
  CHECK(search(dir.path()).notes.size() == 2);
}

TEST_CASE("a process that dies between the two renames leaves the old checkpoint") {
  test::TempDir dir;
  save(dir.path(), 1);
  fs::rename(dir / "last.ckpt", dir / "prev.ckpt");
  CHECK(search(dir.path()).step == 1);
  CHECK(search(dir.path()).notes.empty());
  save(dir.path(), 2);
  CHECK(search(dir.path()).step == 2);
  CHECK(CheckpointFile(dir / "prev.ckpt").state().at("step") == 1);
}

TEST_CASE("older attempts are searched after the own folder, newest first") {
  test::TempDir dir;
  for (const char* attempt : {"1", "2", "3"}) fs::create_directory(dir / attempt);
  save(dir / "1", 1);
  CHECK(search(dir / "3", {"../2", "../1"}).step == 1);
  save(dir / "2", 2);
  CHECK(search(dir / "3", {"../2", "../1"}).step == 2);
  save(dir / "3", 3);
  CHECK(search(dir / "3", {"../2", "../1"}).step == 3);
}

TEST_CASE("a checkpoint of another configuration is never continued from") {
  test::TempDir dir;
  save(dir.path(), 1);
  save(dir.path(), 2, std::string(64, 'b'));
  const Search result = search(dir.path());
  CHECK(result.step == 1);
  REQUIRE(result.notes.size() == 1);
  CHECK(result.notes[0].find("another configuration") != std::string::npos);
}

TEST_CASE("a checkpoint that cannot be written leaves the old ones") {
  test::TempDir dir;
  save(dir.path(), 1);
  fs::create_directory(dir / "next.ckpt");  // stands in for a disk that refuses
  CHECK_THROWS_AS(save(dir.path(), 2), Error);
  CHECK(search(dir.path()).step == 1);
}

TEST_CASE("a save that the disk cuts short leaves the old checkpoint and takes no space") {
  test::TempDir dir;
  save(dir.path(), 1);
  {
    const test::FileSizeLimit full(fs::file_size(dir / "last.ckpt") - 10);
    CHECK_THROWS_AS(save(dir.path(), 2), Error);
  }
  CHECK(search(dir.path()).step == 1);
  CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 1);
}

TEST_CASE(
    "a save that dies between its renames is whole, even when the checkpoint before was not") {
  test::TempDir dir, other;
  for (int step : {1, 2}) save(dir.path(), step);
  flip_byte(dir / "last.ckpt", 60);
  save(other.path(), 3);
  // what a kill after the first rename leaves: the damaged one took the good one's place
  fs::rename(other / "last.ckpt", dir / "next.ckpt");
  fs::rename(dir / "last.ckpt", dir / "prev.ckpt");
  CHECK(search(dir.path()).step == 3);
  save(dir.path(), 4);
  CHECK(search(dir.path()).step == 4);
  CHECK_FALSE(fs::exists(dir / "next.ckpt"));
}

TEST_CASE("a checkpoint that cannot be read now stops the run instead of starting it anew") {
  test::TempDir dir;
  save(dir.path(), 1);
  SUBCASE("the file system refuses it") {
    fs::remove(dir / "last.ckpt");
    fs::create_symlink("last.ckpt", dir / "last.ckpt");  // too many levels of links
    CHECK_THROWS_WITH_AS(search(dir.path()), doctest::Contains("last.ckpt"), Error);
  }
  SUBCASE("another version wrote it") {
    std::string bytes = read_file(dir / "last.ckpt");
    bytes[8] = 2;
    bytes.resize(bytes.size() - 64);
    replace_file(dir / "last.ckpt", bytes + sha256_hex(bytes));
    CHECK_THROWS_WITH_AS(search(dir.path()), doctest::Contains("its format is 2"), Error);
  }
}

TEST_CASE("notes and names of checkpoints are relative to the attempt") {
  test::TempDir dir;
  for (const char* attempt : {"1", "2"}) fs::create_directory(dir / attempt);
  for (int step : {1, 2}) save(dir / "1", step);
  flip_byte(dir / "1" / "last.ckpt", 60);
  const Search result = search(dir / "2", {"../1"});
  CHECK(result.name == "../1/prev.ckpt");
  REQUIRE(result.notes.size() == 1);
  CHECK(result.notes[0] == "passed over ../1/last.ckpt: its checksum is wrong");
}
