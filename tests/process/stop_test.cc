// Ctrl-C, stop, cancel, retry: everything a person does to a running sweep.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/durable_file.h"
#include "db/run_queue.h"
#include "tests/process/sandbox.h"
#include "worker/attempt/attempt_files.h"

#include <doctest/doctest.h>

using namespace radsweep::test;
namespace fs = std::filesystem;

namespace {

// A sweep whose two workers hold at their third step until the gate opens.
std::string held(const Sandbox& sandbox) {
  return "at=3 wait_for=" + sandbox.gate();
}

bool both_hold(const Sandbox& sandbox) {
  return fs::exists(sandbox.attempt("32-small-s1", 1) / "last.ckpt") &&
         fs::exists(sandbox.attempt("32-small-s2", 1) / "last.ckpt");
}

// Whether both workers work, and so do what they were told to do with signals.
bool both_beat(const Sandbox& sandbox) {
  return fs::exists(sandbox.attempt("32-small-s1", 1) / radsweep::attempt::kBeatFile) &&
         fs::exists(sandbox.attempt("32-small-s2", 1) / radsweep::attempt::kBeatFile);
}

bool blocks_term(int pid) {
  const std::string status = radsweep::read_file("/proc/" + std::to_string(pid) + "/status");
  const std::size_t at = status.find("SigBlk:");
  return at != std::string::npos &&
         (std::stoull(status.substr(at + 7), nullptr, 16) >> (SIGTERM - 1) & 1) == 1;
}

std::string state(const Sandbox& sandbox, const std::string& run) {
  return sandbox.ask_one("SELECT state FROM runs WHERE run_id = '" + run + "'");
}

}  // namespace

TEST_CASE("the first Ctrl-C checkpoints every worker, and the next run continues") {
  Sandbox sandbox(3);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  int number = 0;
  SUBCASE("INT") {
    number = SIGINT;
  }
  SUBCASE("TERM") {
    number = SIGTERM;
  }
  SUBCASE("HUP") {
    number = SIGHUP;
  }
  radsweep.signal(number);
  CHECK(radsweep.wait() == 75);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
  CHECK(sandbox.ask("SELECT DISTINCT outcome FROM attempt") == std::vector<std::string>{"stopped"});
  CHECK(sandbox.run() == 0);
  CHECK(sandbox.ask_one("SELECT sum(failures) FROM runs") == "0");
  Sandbox calm(3);
  REQUIRE(calm.run() == 0);
  CHECK(sandbox.numbers() == calm.numbers());
}

TEST_CASE("a worker that ignores TERM is killed after the grace") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("steps=1000 step_ms=5 ignore_term", {"--grace-s", "0.2"});
  REQUIRE(eventually([&] { return both_beat(sandbox); }));  // until they do ignore it
  radsweep.signal(SIGINT);
  CHECK(radsweep.wait() == 75);
  CHECK(radsweep.errors().find("did not leave in time") != std::string::npos);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
}

TEST_CASE("a stop that comes when the last runs end anyway leaves a complete sweep") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("steps=20 step_ms=15 ignore_term");
  REQUIRE(eventually([&] { return both_beat(sandbox); }));
  radsweep.signal(SIGTERM);
  CHECK(radsweep.wait() == 0);
  CHECK(radsweep.errors().find("continue with") == std::string::npos);
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"done"});
}

TEST_CASE("the second Ctrl-C kills the workers and exits with 130") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("steps=1000 step_ms=5 ignore_term");
  REQUIRE(eventually([&] { return both_beat(sandbox); }));
  radsweep.signal(SIGINT);
  REQUIRE(eventually([&] { return radsweep.errors().find("stopping") != std::string::npos; }));
  radsweep.signal(SIGINT);
  CHECK(radsweep.wait() == 130);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
}

TEST_CASE("Ctrl-C reaches the workers while another program holds the database") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  {
    auto foreign = radsweep::db::Database::open_for_writing(sandbox.store() / "sweep.db");
    foreign.transaction([&] {
      radsweep.signal(SIGINT);
      CHECK(eventually([&] { return sandbox.workers().empty(); }));
      CHECK_FALSE(radsweep.wait(0.1).has_value());
    });
  }
  CHECK(radsweep.wait() == 75);
  CHECK(sandbox.ask("SELECT DISTINCT outcome FROM attempt") == std::vector<std::string>{"stopped"});
}

TEST_CASE("stop ends everything the store started") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  SUBCASE("through the orchestrator that owns it") {
    CHECK(sandbox.command({"stop", "tiny"}).wait() == 0);
    CHECK(radsweep.wait() == 75);
  }
  SUBCASE("without an orchestrator") {
    radsweep.signal(SIGKILL);
    REQUIRE(radsweep.wait() == -SIGKILL);
    CHECK(sandbox.command({"stop"}).wait() == 0);
  }
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT state FROM runs") == std::vector<std::string>{"pending"});
  CHECK(sandbox.ask("SELECT DISTINCT outcome FROM attempt") == std::vector<std::string>{"stopped"});
}

TEST_CASE("stop reaches what somebody halted") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  SUBCASE("the orchestrator") {
    radsweep.signal(SIGSTOP);
  }
  SUBCASE("a worker") {
    ::kill(sandbox.workers().front(), SIGSTOP);
  }
  CHECK(sandbox.command({"stop"}).wait() == 0);
  CHECK(radsweep.wait() == 75);
  CHECK(sandbox.workers().empty());
  CHECK(sandbox.ask("SELECT DISTINCT error FROM attempt") ==
        std::vector<std::string>{"checkpointed and left"});
}

TEST_CASE("stop --now ends a halted orchestrator and its workers") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("steps=1000 step_ms=5 ignore_term");
  REQUIRE(eventually([&] { return both_beat(sandbox); }));
  radsweep.signal(SIGSTOP);
  CHECK(sandbox.command({"stop", "--now"}).wait() == 0);
  CHECK(radsweep.wait() == 130);
  CHECK(sandbox.workers().empty());
}

TEST_CASE("stop with a grace of its own does not wait for that of the orchestrator") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start("steps=1000 step_ms=5 ignore_term");
  REQUIRE(eventually([&] { return both_beat(sandbox); }));
  Radsweep stop = sandbox.command({"stop", "--grace-s", "0.3"});
  CHECK(stop.wait() == 0);
  CHECK(stop.errors().find("did not leave in time") != std::string::npos);
  CHECK(sandbox.workers().empty());
}

TEST_CASE("stop ends what workers left behind when nobody watched over them") {
  Sandbox sandbox(1);
  Radsweep radsweep = sandbox.start("orphan " + held(sandbox));
  REQUIRE(eventually([&] { return fs::exists(sandbox.attempt("32-small-s1", 1) / "last.ckpt"); }));
  radsweep.signal(SIGKILL);
  REQUIRE(radsweep.wait() == -SIGKILL);
  SUBCASE("a worker that lives") {}
  SUBCASE("a worker that was killed as well") {
    for (int pid : sandbox.workers()) {
      if (variable_of(pid, "RADSWEEP_ALIVE_FD") == "3" && ::getsid(pid) == pid) {
        ::kill(pid, SIGKILL);
        break;
      }
    }
  }
  CHECK(sandbox.command({"stop"}).wait() == 0);
  CHECK(sandbox.workers().empty());
}

TEST_CASE("stop does not claim that all is over while something holds an attempt") {
  Sandbox sandbox(1);
  Radsweep radsweep = sandbox.start(held(sandbox));
  const fs::path folder = sandbox.attempt("32-small-s1", 1);
  REQUIRE(eventually([&] { return fs::exists(folder / "last.ckpt"); }));
  radsweep.signal(SIGKILL);
  REQUIRE(radsweep.wait() == -SIGKILL);
  for (int pid : sandbox.workers()) ::kill(pid, SIGKILL);
  const int lock = ::open((folder / "alive.lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(eventually([&] { return ::flock(lock, LOCK_EX | LOCK_NB) == 0; }));

  Radsweep stop = sandbox.command({"stop"});
  REQUIRE(eventually([&] { return stop.errors().find("goes on") != std::string::npos; }));
  stop.signal(SIGINT);
  CHECK(stop.wait(30) == 130);
  CHECK(stop.errors().find("still running: 32-small-s1") != std::string::npos);
  CHECK(stop.errors().find("runs any more") == std::string::npos);
  ::close(lock);
  CHECK(sandbox.command({"stop"}).wait() == 0);
}

TEST_CASE("a signal while the database is being opened stops in good order") {
  Sandbox sandbox(1);
  Radsweep first = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return fs::exists(sandbox.attempt("32-small-s1", 1) / "last.ckpt"); }));
  first.signal(SIGINT);
  REQUIRE(first.wait() == 75);
  auto foreign = radsweep::db::Database::open_for_writing(sandbox.store() / "sweep.db");
  std::optional<Radsweep> second;
  foreign.transaction([&] {
    second.emplace(sandbox.folder(), "second", std::vector<std::string>{"run", "tiny.yaml"}, "");
    REQUIRE(eventually([&] { return blocks_term(second->pid()); }));
    second->signal(SIGTERM);
  });
  CHECK(second->wait() == 75);
  CHECK(state(sandbox, "32-small-s1") == "pending");
}

TEST_CASE("cancel stops one running run and retry brings it back") {
  Sandbox sandbox(2);
  Radsweep radsweep = sandbox.start(held(sandbox));
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  SUBCASE("through the living orchestrator") {
    CHECK(sandbox.command({"cancel", "32-small-s1"}).wait() == 0);
    CHECK(eventually([&] { return state(sandbox, "32-small-s1") == "cancelled"; }));
    CHECK(state(sandbox, "32-small-s2") == "running");
    CHECK(sandbox.command({"retry", "tiny", "32-small-s1"}).wait() == 0);
    CHECK(eventually([&] { return state(sandbox, "32-small-s1") == "running"; }));
    CHECK(sandbox.command({"retry", "32-small-s2"}).wait() == 2);
    sandbox.open_gate();
    CHECK(radsweep.wait() == 0);
  }
  SUBCASE("without an orchestrator the other worker goes on") {
    radsweep.signal(SIGKILL);
    REQUIRE(radsweep.wait() == -SIGKILL);
    CHECK(sandbox.command({"cancel", "32-small-s1"}).wait() == 0);
    CHECK(state(sandbox, "32-small-s1") == "cancelled");
    CHECK(sandbox.workers().size() == 1);
    CHECK(sandbox.command({"retry", "32-small-s1"}).wait() == 0);
    sandbox.open_gate();
    CHECK(sandbox.run() == 0);
  }
  CHECK(sandbox.ask("SELECT state || attempts FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"done2", "done1"});
}

TEST_CASE("retry without a run takes up all failed ones and no other") {
  Sandbox sandbox(3);
  REQUIRE(sandbox.run("32-small-s1: fail=bad_data; 32-small-s3: fail=bad_data") == 3);
  REQUIRE(sandbox.ask("SELECT 1 FROM runs WHERE state = 'failed'").size() == 2);
  CHECK(sandbox.command({"retry"}).wait() == 0);
  CHECK(sandbox.ask("SELECT state FROM runs ORDER BY run_id") ==
        std::vector<std::string>{"pending", "done", "pending"});
  CHECK(sandbox.run() == 0);
  Radsweep nothing = sandbox.command({"retry", "tiny"});
  CHECK(nothing.wait() == 0);
  CHECK(nothing.errors().find("no run of runs/tiny has failed") != std::string::npos);
}

TEST_CASE("a refused change names its run once") {
  Sandbox sandbox(1);
  REQUIRE(sandbox.run() == 0);
  Radsweep refused = sandbox.command({"retry", "32-small-s1"});
  CHECK(refused.wait() == 2);
  CHECK(refused.errors() == "radsweep: 32-small-s1 is done; a result is never computed again\n");
}

TEST_CASE("run with unusable inputs says so at once, detached or not, and leaves no store") {
  Sandbox sandbox(1);
  std::vector<std::string> arguments{"run", "bad.yaml"};
  std::string text = radsweep::read_file(sandbox.folder() / "tiny.yaml");
  SUBCASE("no data") {
    const std::string data = "synthetic: {studies: 24, valid: 12, image_px: 32, seed: 1}";
    text.replace(text.find(data), data.size(), "chexpert: /nowhere");
  }
  SUBCASE("no weights") {
    text.replace(text.find("train: {"), 8, "train: {pretrained: none.safetensors, ");
  }
  SUBCASE("no such GPU") {
    arguments.insert(arguments.end(), {"--gpus", "77"});
  }
  std::ofstream(sandbox.folder() / "bad.yaml") << text;
  CHECK(sandbox.command(arguments).wait() == 4);
  arguments.push_back("--detach");
  CHECK(sandbox.command(arguments).wait() == 4);
  CHECK_FALSE(fs::exists(sandbox.store()));
}

TEST_CASE("a detached sweep outlives the command and is stopped by name") {
  Sandbox sandbox(2);
  CHECK(sandbox.start(held(sandbox), {"--detach"}).wait() == 0);
  REQUIRE(eventually([&] { return both_hold(sandbox); }));
  CHECK(sandbox.run() == 5);
  CHECK(sandbox.command({"stop"}).wait() == 0);
  CHECK(sandbox.workers().empty());
  CHECK(fs::file_size(sandbox.store() / "orchestrator.log") > 0);
}
