// Disks and databases under stress: full, locked, damaged, moved. No training may notice.
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/durable_file.h"
#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

bool says(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

// For another process: files may not grow beyond so many bytes, as on a full disk.
void limit_files_of(int pid, rlim_t bytes) {
  rlimit limit{};
  REQUIRE(::prlimit(pid, RLIMIT_FSIZE, nullptr, &limit) == 0);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  REQUIRE(::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

bool sealed(const Sandbox& sandbox, const std::string& run) {
  return fs::exists(sandbox.attempt(run, 1) / "result.json");
}

void damage(const fs::path& file) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(200);
  bytes << std::string(8000, '\0');
}

// Follows the advice of a refusal as a person does who copies it into a shell.
void restore_as_told(const Sandbox& sandbox, const std::string& refusal) {
  const std::size_t at = refusal.find("mkdir -p");
  REQUIRE(at != std::string::npos);
  const std::string line = refusal.substr(at, refusal.find('\n', at) - at);
  const std::string command = "cd '" + sandbox.folder().string() + "' && " + line;
  REQUIRE(std::system(command.c_str()) == 0);
}

std::vector<std::string> numbers_of_an_undisturbed_sweep() {
  Sandbox undisturbed(2);
  REQUIRE(undisturbed.run() == 0);
  return undisturbed.numbers();
}

}  // namespace

TEST_CASE("workers finish while another program locks the database; it is all taken in, once") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.workers().size() == 2; }));
  radsweep::db::Database other =
      radsweep::db::Database::open_for_writing(sandbox.store() / "sweep.db");
  other.transaction([&] {
    sandbox.open_gate();
    CHECK(eventually(
        [&] { return sealed(sandbox, "32-small-s1") && sealed(sandbox, "32-small-s2"); }));
    CHECK_FALSE(radsweep.wait(0.5));
  });
  CHECK(radsweep.wait() == 0);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "2");
  CHECK(sandbox.numbers() == numbers_of_an_undisturbed_sweep());
}

TEST_CASE(
    "workers finish while the disk takes no more of the database; it is taken in once it does") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.workers().size() == 2; }));
  limit_files_of(radsweep.pid(), 16'000);
  sandbox.open_gate();
  CHECK(
      eventually([&] { return sealed(sandbox, "32-small-s1") && sealed(sandbox, "32-small-s2"); }));
  CHECK(eventually([&] { return says(radsweep.errors(), "the disk takes no more"); }));
  CHECK_FALSE(radsweep.wait(0.5));
  Radsweep why = sandbox.command({"why", "32-small-s1"});
  CHECK(why.wait() == 0);
  CHECK(says(why.output(), "the orchestrator waits: the disk takes no more"));
  limit_files_of(radsweep.pid(), RLIM_INFINITY);
  CHECK(radsweep.wait() == 0);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "2");
  CHECK(sandbox.numbers() == numbers_of_an_undisturbed_sweep());
  CHECK(sandbox.ask_one("PRAGMA integrity_check") == "ok");
}

TEST_CASE("a program that holds the database is told of, by the orchestrator and by status") {
  Sandbox sandbox(1);
  Radsweep radsweep = sandbox.start("wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.workers().size() == 1; }));
  radsweep::db::Database other =
      radsweep::db::Database::open_for_writing(sandbox.store() / "sweep.db");
  other.transaction([&] {
    sandbox.open_gate();
    CHECK(eventually([&] { return says(radsweep.errors(), "another program holds"); }, 20));
    Radsweep status = sandbox.command({"status"});
    CHECK(status.wait() == 0);
    CHECK(says(status.output(), "the orchestrator waits: another program holds"));
  });
  CHECK(radsweep.wait() == 0);
  CHECK_FALSE(fs::exists(sandbox.store() / "hindrance.txt"));
}

TEST_CASE("Ctrl-C ends an orchestrator that has no worker and cannot write its database") {
  Sandbox sandbox(1);
  const fs::path sweep = sandbox.folder() / "tiny.yaml";
  std::string text = radsweep::read_file(sweep);
  REQUIRE(says(text, "backoff_s: 0"));
  text.replace(text.find("backoff_s: 0"), 12, "backoff_s: 900");
  std::ofstream(sweep) << text;
  Radsweep radsweep = sandbox.start("fail=bug");
  REQUIRE(eventually([&] { return says(radsweep.errors(), "tried again in"); }));
  limit_files_of(radsweep.pid(), 16'000);
  radsweep.signal(SIGINT);
  CHECK(radsweep.wait(20) == 75);
}

TEST_CASE("a full disk still lets Ctrl-C through") {
  Sandbox sandbox(1);
  Radsweep radsweep = sandbox.start("ignore_term wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.workers().size() == 1; }));
  limit_files_of(radsweep.pid(), 16'000);
  radsweep.signal(SIGINT);
  CHECK(eventually([&] { return says(radsweep.errors(), "1 worker to checkpoint and leave"); }));
  radsweep.signal(SIGINT);
  CHECK(radsweep.wait(20) == 130);
}

TEST_CASE("the advice for a damaged database restores it, and runs finished since are taken in") {
  Sandbox sandbox(2);
  const fs::path database = sandbox.store() / "sweep.db";
  const fs::path backup = database.string() + ".backup", early = sandbox.folder() / "early";
  Radsweep radsweep = sandbox.start("32-small-s2: wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return fs::exists(backup); }));
  fs::copy_file(backup, early);
  sandbox.open_gate();
  REQUIRE(radsweep.wait() == 0);
  const auto numbers = sandbox.numbers();
  fs::rename(early, backup);
  SUBCASE("damaged") {
    damage(database);
  }
  SUBCASE("empty") {
    fs::resize_file(database, 0);
  }
  SUBCASE("gone") {
    fs::remove(database);
  }
  Radsweep refused = sandbox.start();
  CHECK(refused.wait() == 4);
  CHECK(says(refused.errors(), "restore the backup of 20"));
  restore_as_told(sandbox, refused.errors());
  CHECK(sandbox.ask_one("SELECT count(*) FROM runs WHERE state = 'done'") == "1");
  CHECK(sandbox.run() == 0);
  CHECK(sandbox.numbers() == numbers);
  CHECK(sandbox.ask_one("SELECT sum(attempts) FROM runs") == "2");
}

TEST_CASE("a store that was moved or copied while idle goes on where it is now") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("wait_for=" + sandbox.gate());
  REQUIRE(eventually([&] { return sandbox.workers().size() == 2; }));
  radsweep.signal(SIGTERM);
  sandbox.open_gate();
  REQUIRE(radsweep.wait() == 75);
  const fs::path elsewhere = sandbox.folder() / "elsewhere";
  SUBCASE("moved") {
    fs::rename(sandbox.store(), elsewhere);
  }
  SUBCASE("copied") {
    fs::copy(sandbox.store(), elsewhere, fs::copy_options::recursive);
  }
  Radsweep there = sandbox.start("", {"--store", elsewhere.string()});
  CHECK(there.wait() == 0);
  radsweep::db::Database database =
      radsweep::db::Database::open_for_reading(elsewhere / "sweep.db");
  const auto done = radsweep::db::query(
      database, "SELECT run_id FROM runs WHERE state = 'done' AND failures = 0");
  CHECK(done.rows.size() == 2);
}

TEST_CASE("a sweep whose runs all fail alike ends early with exit code 3 and says what to do") {
  Sandbox sandbox(12);
  Radsweep radsweep = sandbox.start("fail=bug", {"--json"});
  CHECK(radsweep.wait() == 3);
  CHECK(says(radsweep.errors(), "no new run is started: the first 5 runs all failed"));
  CHECK(says(radsweep.errors(), "Mend the cause"));
  CHECK(says(radsweep.output(), "\"stopped_early\":true"));
  Radsweep why = sandbox.command({"why", "32-small-s12"});
  CHECK(why.wait() == 0);
  CHECK(says(why.output(), "the first 5 runs all failed in the same way (bug"));
  // Retried and repeated, it is a new try.
  CHECK(sandbox.command({"retry"}).wait() == 0);
  CHECK(sandbox.run() == 0);
}

TEST_CASE("--max-failures ends a sweep after so many failed runs") {
  Sandbox sandbox(6, 1);
  CHECK(sandbox.start("32-small-s1: fail=nan", {"--max-failures", "1"}).wait() == 3);
  CHECK(sandbox.ask_one("SELECT count(*) FROM runs WHERE state = 'failed'") == "1");
  CHECK(sandbox.ask_one("SELECT count(*) FROM runs WHERE state = 'pending'") >= "3");
}
