// A crash at a single write, sync, rename, truncation or removal: what was promised to be
// durable is there, and the same work done again ends as if nothing had happened.
#include "tests/process/crash_points.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/durable_file.h"
#include "base/hash.h"
#include "db/query.h"
#include "tests/process/sandbox.h"
#include "worker/attempt/result.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kScript = "crash_script";

std::optional<int> run_script(const std::vector<std::string>& arguments, const fs::path& folder,
                              const Environment& changes = {}) {
  Process script(CRASH_SCRIPT_PROGRAM, arguments, folder, "script", changes);
  const auto code = script.wait(60);
  if (code != 0 && code != -SIGKILL) MESSAGE(script.errors());
  return code;
}

std::string whole_record(const fs::path& path) {
  db::Database database = db::Database::open_for_reading(path);
  std::string text;
  for (const char* sql :
       {"SELECT run_id || state FROM runs ORDER BY 1",
        "SELECT run.name || metric.name || epoch || value FROM metric JOIN run ON run.id = run_id "
        "ORDER BY 1",
        "SELECT run_id || study || logit FROM predictions ORDER BY 1",
        "SELECT count(*) || ' done' FROM attempt WHERE outcome = 'done'",
        "SELECT count(*) || ' open' FROM attempt WHERE ended_ms IS NULL"}) {
    for (const auto& row : db::query(database, sql).rows) {
      text += std::get<std::string>(row.at(0)) + "\n";
    }
  }
  return text;
}

// Verdict of a connection that rolls back what was left, as any next user of the file does.
std::string integrity_of(const fs::path& path) {
  if (!fs::exists(path)) return "ok";
  SQLite::Database database(path.string(), SQLite::OPEN_READWRITE);
  return database.execAndGet("PRAGMA integrity_check").getString();
}

// Of every file below, by its path.
std::string contents_of(const fs::path& root) {
  std::vector<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || entry.path().filename() == "prepare.lock") continue;
    lines.push_back(entry.path().lexically_relative(root).string() + " " +
                    sha256_of_file(entry.path()));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

using Words = std::function<std::vector<std::string>(const fs::path& folder)>;

// The script's work in a folder, killed at each of its points on `pattern`, then done again.
// `after_death` and `at_the_end` get the folder of the one that died, and of one that did not.
void check_script(const std::string& pattern, const Words& words,
                  const std::function<void(const fs::path& folder)>& after_death,
                  const std::function<void(const fs::path& folder, const fs::path& calm)>& at_end) {
  const TempDir calm;
  const auto points = crash_points(kScript, pattern, [&](const Environment& changes) {
    REQUIRE(run_script(words(calm.path()), calm.path(), changes) == 0);
  });
  REQUIRE(points.size() > 10);
  for (const CrashPoint& point : points) {
    CAPTURE(point.at);
    CAPTURE(point.how);
    CAPTURE(point.call);
    const TempDir folder;
    const std::string words_of_death =
        "path=" + pattern + " at=" + std::to_string(point.at) + " how=" + point.how;
    REQUIRE(run_script(words(folder.path()), folder.path(), dying(kScript, words_of_death)) ==
            -SIGKILL);
    after_death(folder.path());
    REQUIRE(run_script(words(folder.path()), folder.path()) == 0);
    at_end(folder.path(), calm.path());
  }
}

void check_database(const std::string& mode) {
  const auto is_whole = [](const fs::path& folder) {
    REQUIRE(integrity_of(folder / "sweep.db") == "ok");
  };
  check_script(
      "*/sweep.db*",
      [&mode](const fs::path& folder) {
        return std::vector<std::string>{"queue", (folder / "sweep.db").string(), mode};
      },
      is_whole,
      [&is_whole](const fs::path& folder, const fs::path& calm) {
        is_whole(folder);
        REQUIRE(whole_record(folder / "sweep.db") == whole_record(calm / "sweep.db"));
      });
}

// The script's work on `out`.
void check_files(const Words& words) {
  check_script(
      "*/out*", [&words](const fs::path& folder) { return words(folder / "out"); },
      [](const fs::path&) {},
      [](const fs::path& folder, const fs::path& calm) {
        REQUIRE(contents_of(folder / "out") == contents_of(calm / "out"));
      });
}

// A worker killed once, at each of the points that `path` names; its sweep ends as the calm one.
void check_worker(const Environment& environment, const std::string& worker,
                  const std::string& path) {
  std::vector<std::string> numbers;
  const auto points = crash_points(worker, path, [&](const Environment& changes) {
    Sandbox calm(1, 3, environment);
    calm.set(changes);
    REQUIRE(calm.start().wait(60) == 0);
    numbers = calm.numbers();
  });
  REQUIRE(points.size() > 10);
  for (const CrashPoint& point : points) {
    CAPTURE(point.at);
    CAPTURE(point.how);
    CAPTURE(point.call);
    Sandbox sandbox(1, 3, environment);
    const fs::path mark = sandbox.folder() / "mark";
    sandbox.set(dying(worker, "path=" + path + " at=" + std::to_string(point.at) +
                                  " how=" + point.how + " mark=" + mark.string()));
    Radsweep radsweep = sandbox.start();
    REQUIRE(radsweep.wait(60) == 0);
    REQUIRE(fs::exists(mark));
    REQUIRE(sandbox.numbers() == numbers);
    // Sealed is sealed: dead after the rename, its result counts.
    const bool sealed = attempt::read_result(sandbox.attempt("32-small-s1", 1)).has_value();
    REQUIRE(sandbox.ask_one("SELECT attempts FROM runs") == (sealed ? "1" : "2"));
  }
}

}  // namespace

TEST_CASE("a database whose writer dies at any write is whole and takes up where it was, in WAL") {
  check_database("wal");
}

TEST_CASE("a database whose writer dies at any write is whole and takes up, with a journal") {
  check_database("truncate");
}

TEST_CASE("data whose generation dies at any write is whole or not there, and made again") {
  check_files([](const fs::path& out) { return std::vector<std::string>{"synth", out.string()}; });
}

TEST_CASE("an image cache whose preparation dies at any write is continued to the same bytes") {
  const TempDir data;
  const std::string root = (data / "data").string();
  REQUIRE(run_script({"synth", root}, data.path()) == 0);
  check_files([&root](const fs::path& out) {
    return std::vector<std::string>{"cache", root, out.string()};
  });
}

TEST_CASE("a worker that dies at any write continues, and its result is whole or not there") {
  check_worker({}, "fake_worker", "*/runs/tiny/*");
}

TEST_CASE("a training that dies while it saves or seals continues to the same weights" *
          doctest::skip(!*REAL_WORKER_PROGRAM)) {
  check_worker({{"RADSWEEP_WORKER", REAL_WORKER_PROGRAM}}, "radsweep-worker",
               "*/runs/tiny/*/*[lterns]*");
}
