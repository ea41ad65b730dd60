// What a worker finds when it starts, and what is left when it ends.
#include <filesystem>

#include "base/durable_file.h"
#include "tests/process/sandbox.h"

#include <doctest/doctest.h>

using namespace radsweep::test;

TEST_CASE("a worker on a CPU slot sees no GPU, its lock, its log and no other descriptor") {
  Sandbox sandbox(1);
  REQUIRE(sandbox.run() == 0);
  const std::string log = radsweep::read_file(sandbox.attempt("32-small-s1", 1) / "log.txt");
  CHECK(log.find("CUDA_VISIBLE_DEVICES=\n") != std::string::npos);
  CHECK(log.find("CUDA_DEVICE_ORDER=PCI_BUS_ID\n") != std::string::npos);
  CHECK(log.find("OMP_WAIT_POLICY=passive\n") != std::string::npos);
  CHECK(log.find("descriptors: 0=null 1=log.txt 2=log.txt 3=alive.lock\n") != std::string::npos);
  CHECK(log.find("TERM blocked: 0  session leader: 1") != std::string::npos);
}

TEST_CASE("a grandchild that left the worker's session does not outlive the worker") {
  Sandbox sandbox(1);
  CHECK(sandbox.run("orphan") == 0);
  CHECK(eventually([&] { return sandbox.workers().empty(); }, 2));
}

TEST_CASE("logs prints what the worker printed, by a unique beginning of its name") {
  Sandbox sandbox(1);
  REQUIRE(sandbox.run() == 0);
  Radsweep logs = sandbox.command({"logs", "32", "-f"});
  CHECK(logs.wait() == 0);
  CHECK(logs.output().find("CUDA_VISIBLE_DEVICES=") == 0);
  Radsweep wrong = sandbox.command({"logs", "32-smal-s1"});
  CHECK(wrong.wait() == 2);
  CHECK(wrong.errors().find("did you mean '32-small-s1'") != std::string::npos);
}

TEST_CASE("logs of several runs are told apart, as text and as JSON") {
  Sandbox sandbox(2);
  REQUIRE(sandbox.run() == 0);
  Radsweep text = sandbox.command({"logs", "tiny", "32-small-s2", "32-small-s1"});
  CHECK(text.wait() == 0);
  CHECK(text.output().find("==> 32-small-s2 attempt 1 <==\n") == 0);
  CHECK(text.output().find("\n==> 32-small-s1 attempt 1 <==\n") != std::string::npos);
  Radsweep json = sandbox.command({"logs", "32-small-s2", "--json"});
  CHECK(json.wait() == 0);
  CHECK(json.output().find("\"run\": \"32-small-s2\"") != std::string::npos);
}

TEST_CASE("a mistyped verb or option is answered with the nearest one and exit code 2") {
  Sandbox sandbox(1);
  Radsweep verb = sandbox.command({"rnu", "tiny.yaml"});
  CHECK(verb.wait() == 2);
  CHECK(verb.errors().find("did you mean 'run'") != std::string::npos);
  Radsweep option = sandbox.command({"run", "tiny.yaml", "--gpu", "0"});
  CHECK(option.wait() == 2);
  CHECK(option.errors().find("did you mean '--gpus'") != std::string::npos);
}
