#include "orchestrator/environment/prepare_data.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/orchestrator/environment/set_variable.h"
#include "tests/support/temp_dir.h"

using namespace radsweep::orchestrator;
using nlohmann::json;
using radsweep::Error;
using radsweep::ExitCode;
using radsweep::test::SetVariable;
using radsweep::test::TempDir;
namespace fs = std::filesystem;

namespace {

// A worker that writes down its arguments, one line per call, then does what `script` says.
struct FakeWorker {
  explicit FakeWorker(const std::string& script)
      : variable("RADSWEEP_WORKER", (folder / "worker").string()) {
    std::ofstream(folder / "worker")
        << "#!/bin/sh\n(for a; do printf '[%s]' \"$a\"; done; echo) >> '"
        << (folder / "calls").string() << "'\n"
        << script << "\n";
    ::chmod((folder / "worker").c_str(), 0755);
  }
  std::string calls() const { return radsweep::read_file_if_exists(folder / "calls").value_or(""); }
  TempDir folder;
  SetVariable variable;
};

struct Fixture {
  Fixture() {
    fs::create_directories(data.path());
    write(data / "train.csv", "train");
    write(data / "valid.csv", "valid");
    sweep.name = "x";
    sweep.data.chexpert = data.path().string();
    sweep.grid.resolutions = {4, 2};
  }
  static void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

  std::string manifest() const {
    return radsweep::attempt::data_manifest(data.path(), sweep.data.labels);
  }
  fs::path cache() const { return folder / ".cache" / manifest().substr(0, 16); }
  // What `data prepare` leaves for 3 images.
  void make_cache(int px) const {
    fs::create_directories(cache());
    write(cache() / "index.csv", "row,path\n");
    write(cache() / ("images-" + std::to_string(px) + ".u8"),
          std::string(static_cast<std::size_t>(3 * px * px), 'x'));
    const json object = {{"format", 1},
                         {"resolution", px},
                         {"images", 3},
                         {"data_manifest", manifest()},
                         {"index_sha256", radsweep::sha256_hex("row,path\n")},
                         {"images_sha256", "unread"},
                         {"train_studies", 1},
                         {"train_images", 2}};
    write(cache() / ("manifest-" + std::to_string(px) + ".json"), object.dump());
  }

  TempDir folder, data;
  Sweep sweep;
  Store store{folder.path() / "x"};
};

ExitCode code_of(const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return ExitCode::complete;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "prepare_data with everything in place starts no process") {
  const FakeWorker worker("exit 1");
  make_cache(4);
  make_cache(2);
  const DataFacts facts = prepare_data(sweep, store);
  CHECK(worker.calls().empty());
  CHECK(facts.source.root == data.path().string());
  CHECK(facts.source.cache == cache().string());
  CHECK(facts.source.manifest == manifest());
  CHECK(facts.train_images == 2);
  CHECK(facts.train_studies == 1);
}

TEST_CASE_FIXTURE(Fixture, "prepare_data asks the worker for exactly the missing resolutions") {
  make_cache(2);
  // The worker "makes" the cache by renaming what was put aside.
  make_cache(4);
  fs::rename(cache() / "manifest-4.json", folder / "aside");
  const FakeWorker worker("mv '" + (folder / "aside").string() + "' '" +
                          (cache() / "manifest-4.json").string() + "'");
  sweep.data.labels.negatives = {"No Finding", "Edema"};
  // Another policy is other data: its cache is a folder of its own.
  CHECK(code_of([&] { prepare_data(sweep, store); }) == ExitCode::environment);
  sweep.data.labels.negatives = {"No Finding"};
  fs::remove(worker.folder / "calls");
  fs::rename(cache() / "manifest-4.json", folder / "aside");

  const DataFacts facts = prepare_data(sweep, store);
  CHECK(facts.train_images == 2);
  CHECK(worker.calls().starts_with("[data][prepare][" + data.path().string() + "][--cache][" +
                                   cache().string() + "][--resolution][4][--threads]["));
  CHECK(worker.calls().ends_with(
      "[--target][Atelectasis][--uncertain][positive][--negative][No Finding]\n"));
}

TEST_CASE_FIXTURE(Fixture, "a cache file cut short or with another index is made again") {
  const FakeWorker worker("exit 0");
  make_cache(4);
  make_cache(2);
  SUBCASE("images") {
    fs::resize_file(cache() / "images-4.u8", 47);
  }
  SUBCASE("no images") {
    fs::remove(cache() / "images-4.u8");
  }
  SUBCASE("index") {
    write(cache() / "index.csv", "row,other\n");
  }
  CHECK_THROWS_WITH_AS(prepare_data(sweep, store), doctest::Contains("incomplete"), Error);
  CHECK(worker.calls().find("[prepare]") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a cache folder of other data is never overwritten") {
  const FakeWorker worker("exit 0");
  make_cache(4);
  sweep.data.cache = cache().string();
  write(data / "train.csv", "changed");
  CHECK_THROWS_WITH_AS(prepare_data(sweep, store), doctest::Contains("other data"), Error);
  CHECK(worker.calls().empty());
}

TEST_CASE_FIXTURE(Fixture, "a worker that fails to prepare ends the command with its verdict") {
  SUBCASE("bad data") {
    const FakeWorker worker("exit 4");
    CHECK_THROWS_WITH_AS(prepare_data(sweep, store), doctest::Contains("exit code 4"), Error);
  }
  SUBCASE("stopped") {
    const FakeWorker worker("exit 75");
    CHECK(code_of([&] { prepare_data(sweep, store); }) == ExitCode::stopped);
  }
}

TEST_CASE_FIXTURE(Fixture, "prepare_data says which folder holds no CheXpert data") {
  fs::remove(data / "valid.csv");
  CHECK_THROWS_WITH_AS(prepare_data(sweep, store), doctest::Contains(data.path().c_str()), Error);
}

TEST_CASE_FIXTURE(Fixture, "prepare_data generates synthetic data beside the store, once") {
  sweep.data.chexpert.clear();
  sweep.data.synthetic = SyntheticData{10, 5, 32, 7};
  const FakeWorker worker(
      "test $2 = synth || exit 4; mkdir \"$3\"; echo >\"$3/train.csv\"; echo "
      ">\"$3/valid.csv\"");
  const std::string root = (folder / ".data" / "synthetic-10-5-32px-s7").string();
  CHECK_THROWS_AS(prepare_data(sweep, store), Error);
  CHECK(worker.calls().starts_with("[data][synth][" + root +
                                   "][--studies][10][--valid][5][--size][32][--seed][7]\n"));
  CHECK_THROWS_AS(prepare_data(sweep, store), Error);
  const std::string calls = worker.calls();
  CHECK(calls.find("[synth]") == calls.rfind("[synth]"));
}

TEST_CASE_FIXTURE(Fixture, "inspect_data takes counts from a cache and names what is missing") {
  const FakeWorker worker("exit 1");
  make_cache(2);
  std::vector<std::string> missing;
  CHECK(inspect_data(sweep, store, missing).train_images == 2);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].starts_with("images at 4 px"));
  CHECK(worker.calls().empty());
}

TEST_CASE_FIXTURE(Fixture, "inspect_data without a cache lets the worker count and makes nothing") {
  const FakeWorker worker("echo '{\"train_images\": 20, \"train_studies\": 10}'");
  sweep.data.labels.negatives.clear();
  std::vector<std::string> missing;
  const DataFacts facts = inspect_data(sweep, store, missing);
  CHECK(facts.train_images == 20);
  CHECK(facts.train_studies == 10);
  CHECK(worker.calls() == "[data][check][" + data.path().string() +
                              "][--json][--target][Atelectasis][--uncertain][positive][--negative]"
                              "[]\n");
  CHECK_FALSE(fs::exists(folder / ".cache"));
}

TEST_CASE_FIXTURE(Fixture, "inspect_data estimates generated data that does not exist yet") {
  sweep.data.synthetic = SyntheticData{1000, 5, 32, 7};
  std::vector<std::string> missing;
  const DataFacts facts = inspect_data(sweep, store, missing);
  CHECK(facts.train_studies == 950);
  CHECK(facts.train_images > facts.train_studies);
  CHECK(missing.size() == 2);
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("worker_program refuses what RADSWEEP_WORKER names when it is no program") {
  const SetVariable variable("RADSWEEP_WORKER", "/nowhere/worker");
  CHECK_THROWS_WITH_AS(worker_program(), doctest::Contains("/nowhere/worker"), Error);
}
