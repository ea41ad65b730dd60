#include "orchestrator/environment/examine_store.h"

#include <doctest/doctest.h>

#include <fstream>

#include "base/hash.h"
#include "db/connection.h"
#include "db/run_queue.h"
#include "tests/orchestrator/environment/finding_text.h"
#include "tests/support/temp_dir.h"
#include "worker/attempt/alive_lock.h"

using namespace radsweep;
using orchestrator::examine_store;
using orchestrator::Finding;
using test::problems_of;
namespace fs = std::filesystem;

namespace {

// A store with one done run, "a", one running, "b", and one pending, "c".
struct StoreFixture {
  StoreFixture() {
    db::RunQueue queue(database, [] { return std::int64_t{1000}; });
    std::vector<db::NewRun> runs(3);
    double cost = 3;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      runs[i].name = std::string(1, static_cast<char>('a' + i));
      runs[i].identity = "identity of " + runs[i].name;
      runs[i].resolution = 160;
      runs[i].architecture = "densenet121";
      runs[i].config = "{}";
      runs[i].cost = cost--;
    }
    queue.set_runs({"x", "name: x\n"}, runs);
    const auto done = queue.claim_next("cpu:0");
    write(store.attempt("a", 1) / "best.safetensors", "weights");
    db::ResultRow result;
    result.best_auc = 0.8;
    result.best_epoch = 1;
    result.device = result.code_version = result.torch_version = "x";
    result.data_manifest = result.images_sha256 = "x";
    result.weights = "a/1/best.safetensors";
    result.weights_sha256 = sha256_hex("weights");
    REQUIRE(queue.finish(done->fence, result, {}, {}));
    REQUIRE(queue.claim_next("cpu:0")->name == "b");
    fs::create_directories(store.attempt("b", 1));
  }
  static void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void execute(const std::string& sql) {
    database.connection().exec("PRAGMA foreign_keys = OFF");
    database.connection().exec(sql);
  }
  std::string problems() const { return problems_of(examine_store(store)); }

  test::TempDir folder;
  orchestrator::Store store{folder.path()};
  db::Database database = db::Database::open_for_writing(store.database());
};

}  // namespace

TEST_CASE_FIXTURE(StoreFixture,
                  "the doctor finds nothing wrong with a store in the middle of work") {
  write(store.requests() / "7", "stop");
  const auto findings = examine_store(store);
  CHECK(problems_of(findings) == "");
  CHECK(findings.size() == 6);  // one per check
}

TEST_CASE_FIXTURE(StoreFixture, "the doctor finds missing and changed weights") {
  SUBCASE("missing") {
    fs::remove(store.attempt("a", 1) / "best.safetensors");
    CHECK(problems().find("run a: its weights are missing") == 0);
  }
  SUBCASE("changed") {
    write(store.attempt("a", 1) / "best.safetensors", "Weights");
    CHECK(problems().find("run a: its weights are not those of its result") == 0);
  }
}

TEST_CASE_FIXTURE(StoreFixture, "the doctor finds states that do not fit attempts and results") {
  SUBCASE("running without an attempt") {
    execute("UPDATE attempt SET ended_ms = 5, outcome = 'lost' WHERE ended_ms IS NULL");
    CHECK(problems().find("run b: it is running with 0 open attempts") == 0);
  }
  SUBCASE("an open attempt of a run that does not run") {
    execute("UPDATE run SET state = 'pending' WHERE name = 'b'");
    CHECK(problems().find("run b: it is pending with 1 open attempts") == 0);
  }
  SUBCASE("done without a result") {
    execute("DELETE FROM result");
    CHECK(problems().find("run a: its state and its result") == 0);
  }
}

TEST_CASE_FIXTURE(StoreFixture, "the doctor finds rows whose owner is gone") {
  execute("DELETE FROM attempt WHERE run_id = (SELECT id FROM run WHERE name = 'a')");
  CHECK(problems().find("database: a row of result refers to a missing row of attempt") == 0);
}

TEST_CASE_FIXTURE(StoreFixture, "the doctor finds attempt folders that no attempt owns") {
  fs::create_directories(store.attempt("a", 2));
  fs::create_directories(store.attempt("nobody", 1));
  const std::string found = problems();
  CHECK(found.find((folder / "a" / "2").string() + " belongs to no attempt") != std::string::npos);
  CHECK(found.find("nobody/1 belongs to no attempt") != std::string::npos);
}

TEST_CASE_FIXTURE(StoreFixture, "the doctor finds a worker that goes on after its attempt ended") {
  const auto open = attempt::AliveLock::take(store.attempt("b", 1));
  CHECK(problems() == "");
  const auto ended = attempt::AliveLock::take(store.attempt("a", 1));
  CHECK(problems().find("run a: a process still works on attempt 1") == 0);
}

TEST_CASE_FIXTURE(StoreFixture, "the doctor changes nothing in a store") {
  execute("PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string before = sha256_of_file(store.database());
  examine_store(store);
  CHECK(sha256_of_file(store.database()) == before);
  CHECK(sha256_of_file(store.attempt("a", 1) / "best.safetensors") == sha256_hex("weights"));
}

TEST_CASE("the doctor reports a database that is none, with what to do") {
  const test::TempDir folder;
  StoreFixture::write(folder / "sweep.db",
                      "this is no database, but long enough to be read as one");
  const auto findings = examine_store(orchestrator::Store(folder.path()));
  CHECK(orchestrator::has_problem(findings));
  CHECK(problems_of(findings).find("database: ") == 0);
}
