#include "orchestrator/environment/gpu_list.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/orchestrator/environment/set_variable.h"

using namespace radsweep::orchestrator;
using radsweep::Error;
using radsweep::ExitCode;
using radsweep::test::SetVariable;

namespace {

Gpu gpu(int index, const std::string& uuid) {
  Gpu made;
  made.index = index;
  made.uuid = uuid;
  made.name = "Quadro P6000";
  made.memory_total_mb = 24576;
  return made;
}

const std::vector<Gpu> kThree = {gpu(0, "GPU-aa1"), gpu(1, "GPU-aa2"), gpu(2, "GPU-bb3")};

std::vector<int> indices(const std::vector<Gpu>& gpus) {
  std::vector<int> found;
  for (const Gpu& one : gpus) found.push_back(one.index);
  return found;
}

ExitCode code_of_refusal(const std::vector<std::string>& words) {
  try {
    select_gpus(kThree, words);
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("2 = Quadro P6000, 24 GB, GPU-bb3") != std::string::npos);
    return error.code();
  }
  return ExitCode::complete;
}

}  // namespace

TEST_CASE("select_gpus understands all, indices, UUIDs and unambiguous beginnings of UUIDs") {
  CHECK(indices(select_gpus(kThree, {})) == std::vector{0, 1, 2});
  CHECK(indices(select_gpus(kThree, {"all"})) == std::vector{0, 1, 2});
  CHECK(indices(select_gpus(kThree, {"2", "0"})) == std::vector{0, 2});
  CHECK(indices(select_gpus(kThree, {"GPU-aa2"})) == std::vector{1});
  CHECK(indices(select_gpus(kThree, {"GPU-b"})) == std::vector{2});
}

TEST_CASE("select_gpus refuses what does not exist and lists what does") {
  CHECK(code_of_refusal({"3"}) == ExitCode::environment);
  CHECK(code_of_refusal({"GPU-cc"}) == ExitCode::environment);
  CHECK(code_of_refusal({"MIG-1"}) == ExitCode::environment);
}

TEST_CASE("select_gpus refuses words that name no GPU or one twice") {
  CHECK(code_of_refusal({"GPU-a"}) == ExitCode::usage);
  CHECK(code_of_refusal({"first"}) == ExitCode::usage);
  CHECK(code_of_refusal({"-1"}) == ExitCode::usage);
  CHECK(code_of_refusal({"0", "GPU-aa1"}) == ExitCode::usage);
  CHECK(code_of_refusal({"0", "all"}) == ExitCode::usage);
}

TEST_CASE("find_problem: a process that computes on the GPU makes it foreign") {
  Gpu busy = gpu(0, "GPU-aa1");
  CHECK_FALSE(find_problem(busy));
  busy.compute = {{::getpid(), 100.0}};
  const auto problem = find_problem(busy);
  REQUIRE(problem);
  CHECK(problem->kind == GpuProblem::Kind::foreign);
  CHECK(problem->reason.find(std::to_string(::getpid()) + " (env_tests)") != std::string::npos);
  CHECK_FALSE(find_problem(busy, {::getpid()}));
}

TEST_CASE("find_problem: our own workers may have the host's process numbers") {
  Gpu busy = gpu(0, "GPU-aa1");
  busy.compute = {{2000001, 100.0}};
  CHECK(find_problem(busy));
  CHECK_FALSE(find_problem(busy, {17}));
  busy.compute.push_back({2000002, 100.0});
  CHECK(find_problem(busy, {17}));
}

TEST_CASE("find_problem: a zombie does not hold a GPU") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) == 0);
  Gpu held = gpu(0, "GPU-aa1");
  held.compute = {{child, 100.0}};
  CHECK_FALSE(find_problem(held));
  ::waitpid(child, nullptr, 0);
  CHECK(find_problem(held));  // unknown here: the host's number of somebody alive
}

TEST_CASE(
    "find_problem: the Multi-Process Service does not hold a GPU, who computes beside it does") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NAME, "nvidia-cuda-mps-server");
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  siginfo_t stopped{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &stopped, WSTOPPED) == 0);
  Gpu shared = gpu(0, "GPU-aa1");
  shared.compute = {{child, 30.0}};
  CHECK(find_problem(shared));  // its clients are not known: somebody may be among them
  shared.mps_clients_known = true;
  CHECK_FALSE(find_problem(shared));
  shared.compute.push_back({::getpid(), 100.0});
  CHECK(find_problem(shared));
  CHECK_FALSE(find_problem(shared, {::getpid()}));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("find_problem: a desktop is tolerated, a large graphics program is not") {
  Gpu desktop = gpu(0, "GPU-aa1");
  desktop.graphics = {{2000001, 80.0}, {2000002, 300.0}};
  CHECK_FALSE(find_problem(desktop));
  desktop.graphics.push_back({2000003, 4000.0});
  CHECK(find_problem(desktop)->kind == GpuProblem::Kind::foreign);
}

TEST_CASE("find_problem: defective memory, MIG and a lost GPU are quarantined") {
  std::vector<Gpu> sick(5, gpu(0, "GPU-aa1"));
  sick[0].memory_repair_pending = true;
  sick[1].memory_repair_failed = true;
  sick[2].uncorrected_ecc_errors = 1;
  sick[3].mig_enabled = true;
  sick[4].lost = "GPU is lost";
  for (const Gpu& one : sick) {
    const auto problem = find_problem(one);
    REQUIRE(problem);
    CHECK(problem->kind == GpuProblem::Kind::quarantined);
    CHECK(gpu_row(one, problem).state == "quarantined");
  }
  Gpu healthy = gpu(0, "GPU-aa1");
  healthy.memory_repair_pending = false;
  healthy.uncorrected_ecc_errors = 0;
  CHECK_FALSE(find_problem(healthy));
  CHECK(gpu_row(healthy, std::nullopt).state == "free");
}

TEST_CASE("a gpu list without driver is empty and says why") {
  SetVariable library("RADSWEEP_NVML_LIBRARY", "/nowhere/libnvidia-ml.so.1");
  const auto inventory = GpuList().read();
  CHECK(inventory.gpus.empty());
  CHECK(inventory.why_none.find("/nowhere") != std::string::npos);
}

TEST_CASE("a gpu list sees what changed since the last look") {
  SetVariable library("RADSWEEP_NVML_LIBRARY", FAKE_NVML);
  GpuList list;
  {
    SetVariable gpus("RADSWEEP_FAKE_GPUS", "GPU-aaa:A:100");
    CHECK(list.read().gpus.size() == 1);
    CHECK(list.read().driver == "550.00-fake");
  }
  SetVariable gpus("RADSWEEP_FAKE_GPUS", "GPU-aaa:A:100:pid=4711");
  CHECK(list.read().gpus.at(0).compute.at(0).pid == 4711);
}
