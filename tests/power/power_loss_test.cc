// The power goes after every single step that radsweep's own code takes; what it promised is there.
#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "tests/db/queue_fixture.h"
#include "tests/power/recorded_program.h"
#include "tests/worker/data/small_data_set.h"
#include "worker/attempt/events.h"
#include "worker/attempt/result.h"
#include "worker/data/prepare_cache.h"
#include "worker/train/checkpoint.h"

using namespace radsweep;
namespace fs = std::filesystem;
using test::Unsynced;

namespace {

// What the writer said it keeps within the first `steps` steps: "done-a" of "kept-done-a".
std::set<std::string> promises(const std::vector<test::DiskStep>& log, std::size_t steps) {
  std::set<std::string> kept;
  for (std::size_t i = 0; i < steps; ++i) {
    const std::string& name = log[i].name;
    if (log[i].record.op == test::DiskOp::make_folder && name.starts_with("kept-")) {
      kept.insert(name.substr(5));
    }
  }
  return kept;
}

using Check = std::function<void(const fs::path& disk, const std::set<std::string>& kept)>;

// Lets the power go after every step of `power_writer words... ROOT more...`.
void lose_power_everywhere(std::vector<std::string> words, const std::vector<std::string>& more,
                           const Check& check) {
  test::TempDir dir;
  const fs::path root = dir / "root";
  fs::create_directory(root);
  words.push_back(root.string());
  words.insert(words.end(), more.begin(), more.end());
  const auto log = test::record_program(root, POWER_WRITER, words);
  REQUIRE(log.size() > 10);
  for (std::size_t steps = 0; steps <= log.size(); ++steps) {
    CAPTURE(steps);
    std::uint64_t seed = steps;
    for (const Unsynced unsynced :
         {Unsynced::lost, Unsynced::written, Unsynced::drawn, Unsynced::drawn, Unsynced::drawn}) {
      CAPTURE(static_cast<int>(unsynced));
      const fs::path disk = dir / "disk";
      test::build_disk_image(log, steps, unsynced, seed += 1000, disk);
      try {
        check(disk, promises(log, steps));
      } catch (const std::exception& failure) {
        FAIL_CHECK(failure.what());
      }
      fs::remove_all(disk);
    }
  }
}

std::set<std::string> names(db::Database& database, const std::string& sql) {
  std::set<std::string> found;
  for (const auto& row : db::query(database, sql).rows) found.insert(std::get<std::string>(row[0]));
  return found;
}

void check_database(const fs::path& disk, const std::set<std::string>& kept, db::JournalMode mode) {
  if (!fs::exists(disk / "sweep.db")) {
    CHECK(kept.empty());
    return;
  }
  auto database = db::Database::open_for_writing(disk / "sweep.db", mode);
  CHECK(names(database, "PRAGMA integrity_check") == std::set<std::string>{"ok"});
  CHECK(db::query(database, "PRAGMA foreign_key_check").rows.empty());
  const auto runs = names(database, "SELECT run_id FROM runs");
  const auto done = names(database, "SELECT run_id FROM runs WHERE state = 'done'");
  CHECK(done == names(database, "SELECT run_id FROM predictions"));
  if (kept.count("runs")) CHECK(runs.size() == 4);
  for (const std::string& run : runs) {
    if (kept.count("done-" + run)) CHECK(done.count(run) == 1);
  }
  // and it goes on from there
  db::RunQueue queue(database, [] { return std::int64_t{2}; });
  queue.set_runs(test::sweep_row(), {test::new_run("a", 4), test::new_run("b", 3),
                                     test::new_run("c", 2), test::new_run("d", 1)});
  for (const auto& open : queue.open_attempts()) queue.release(open.fence, "lost", "power");
  while (const auto claim = queue.claim_next("cpu:0")) {
    queue.finish(claim->fence, test::result_row(), {}, {});
  }
  CHECK(queue.counts().done == 4);
}

}  // namespace

TEST_CASE("a power loss at any step takes back no commit of the database") {
  SUBCASE("in WAL mode") {
    lose_power_everywhere({"database", "wal"}, {}, [](const auto& disk, const auto& kept) {
      check_database(disk, kept, db::JournalMode::wal);
    });
  }
  SUBCASE("in TRUNCATE mode") {
    lose_power_everywhere({"database", "truncate"}, {}, [](const auto& disk, const auto& kept) {
      check_database(disk, kept, db::JournalMode::truncate);
    });
  }
}

TEST_CASE("a power loss at any step leaves the newest checkpoint or a newer one, never half") {
  lose_power_everywhere({"checkpoints"}, {}, [](const auto& disk, const auto& kept) {
    std::vector<std::string> notes;
    const auto found =
        train::find_checkpoint(disk / "attempt", {}, std::string(64, 'a'),
                               [&notes](const std::string& note) { notes.push_back(note); });
    const int step = found.file ? found.file->state().at("step").template get<int>() : 0;
    CHECK(step >= static_cast<int>(kept.size()));
    if (!found.file) return;
    REQUIRE(found.file->find("weight"));
    CHECK(found.file->find("weight")->bytes == std::string(1500, static_cast<char>(step)));
    // only a file that was being written may be torn, and that one has a name of its own
    for (const std::string& note : notes) {
      CHECK_MESSAGE(note.find("next.ckpt") != std::string::npos, note);
    }
  });
}

TEST_CASE("a power loss at any step leaves a sealed result whole or away, and every told epoch") {
  lose_power_everywhere({"result"}, {}, [](const auto& disk, const auto& kept) {
    const auto result = attempt::read_result(disk / "attempt");
    if (kept.count("result")) CHECK(result.has_value());
    if (result) CHECK(result->epochs.size() == 3);
    std::set<std::string> epochs;
    for (const auto& event : attempt::read_events(disk / "attempt", 0).events) {
      if (event.at("kind") != "epoch") continue;
      epochs.insert("epoch-" + std::to_string(event.at("epoch").template get<int>()));
    }
    for (const std::string& promise : kept) {
      if (promise.starts_with("epoch-")) CHECK(epochs.count(promise) == 1);
    }
  });
}

TEST_CASE("a power loss at any step leaves an image cache that `data prepare` completes") {
  const test::SmallDataSet data;
  data::PrepareOptions options;
  options.root = data.root();
  options.cache = data.cache();
  options.resolutions = {8, 12};
  const auto whole = data::prepare_cache(options);
  lose_power_everywhere({"cache"}, {data.root().string()}, [&](const auto& disk, const auto&) {
    options.cache = disk / "cache";
    CHECK(data::prepare_cache(options) == whole);
    for (const auto& manifest : whole) {
      CHECK(sha256_of_file(data::images_file(options.cache, manifest.resolution)) ==
            manifest.images_sha256);
    }
  });
}
