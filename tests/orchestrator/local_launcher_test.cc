#include "orchestrator/local_launcher.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "base/error.h"
#include "orchestrator/spawn_worker.h"
#include "tests/support/temp_dir.h"
#include "worker/attempt/alive_lock.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::TempDir;

namespace {

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// A program that behaves as `script` says, started as a worker.
struct Worker {
  TempDir folder;
  std::filesystem::path program = folder / "worker.sh";
  explicit Worker(const std::string& script) {
    std::ofstream(program) << "#!/bin/sh\n" << script << '\n';
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    attempt::write_spec(folder.path(), {});
  }
};

// The pid that a script wrote into a file of its folder.
int pid_in(const std::filesystem::path& file) {
  int pid = 0;
  for (int look = 0; look < 200 && pid == 0; ++look) {
    std::ifstream(file) >> pid;
    if (pid == 0) ::usleep(10'000);
  }
  REQUIRE(pid > 0);
  return pid;
}

// Whether it ends within seconds; one that nobody reaped yet has ended.
bool ends(int pid) {
  for (int look = 0; look < 200; ++look) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    if (!(file >> number >> name >> state) || state == "Z") return true;
    ::usleep(10'000);
  }
  return false;
}

std::vector<WorkerEnd> wait_for_end(LocalLauncher& launcher) {
  for (int look = 0; look < 100; ++look) {
    if (auto ended = launcher.wait(0.1); !ended.empty()) return ended;
  }
  return {};
}

}  // namespace

TEST_CASE("a worker is pinned to exactly its GPU by UUID, or to none") {
  attempt::Slot slot;
  slot.threads = 3;
  CHECK(contains(worker_environment(slot, "x"), "CUDA_VISIBLE_DEVICES="));
  slot.gpu_uuid = "GPU-1ab2";
  const std::vector<std::string> environment = worker_environment(slot, "x");
  CHECK(contains(environment, "CUDA_VISIBLE_DEVICES=GPU-1ab2"));
  CHECK(contains(environment, "CUDA_DEVICE_ORDER=PCI_BUS_ID"));
  CHECK(contains(environment, "OMP_NUM_THREADS=3"));
  CHECK(contains(environment, "OMP_WAIT_POLICY=passive"));
  CHECK(contains(environment, std::string("PATH=") + std::getenv("PATH")));
}

TEST_CASE("threads of a CPU slot wait awake only on processors of their own") {
  attempt::Slot slot;
  slot.threads = 2;
  const std::string spin = "GOMP_SPINCOUNT=10000";
  CHECK_FALSE(contains(worker_environment(slot, "x"), spin));
  slot.cpus = {0};
  CHECK_FALSE(contains(worker_environment(slot, "x"), spin));
  slot.cpus = {0, 1};
  CHECK(contains(worker_environment(slot, "x"), spin));
  slot.cpus = {0, 1, 2};
  ::setenv("GOMP_SPINCOUNT", "10000", 1);
  CHECK_FALSE(contains(worker_environment(slot, "x"), spin));
  ::unsetenv("GOMP_SPINCOUNT");
  slot.cpus = {0, 1};
  slot.gpu_uuid = "GPU-1ab2";
  CHECK_FALSE(contains(worker_environment(slot, "x"), spin));
}

TEST_CASE("the end of a worker is told with its exit code or signal") {
  Worker worker("exit 7");
  LocalLauncher launcher(worker.program, -1);
  const db::Fence fence{1, 1};
  SUBCASE("exit code") {
    const db::ProcessRow process = launcher.start(fence, worker.folder.path(), {});
    CHECK(process.pid > 0);
    const auto ended = wait_for_end(launcher);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].fence == fence);
    CHECK(ended[0].exit_code == 7);
  }
  SUBCASE("signal, to its children as well") {
    std::ofstream(worker.program) << "#!/bin/sh\nsleep 60 & sleep 60\n";
    launcher.start(fence, worker.folder.path(), {});
    launcher.stop(fence, StopHow::now);
    const auto ended = wait_for_end(launcher);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].term_signal == SIGKILL);
  }
}

TEST_CASE("a living worker holds its lock from the first instant, a dead one never") {
  Worker worker("sleep 60");
  LocalLauncher launcher(worker.program, -1);
  launcher.start({1, 1}, worker.folder.path(), {});
  CHECK(attempt::probe_alive_lock(worker.folder.path()).held);
  CHECK_THROWS_WITH_AS(launcher.start({1, 1}, worker.folder.path(), {}),
                       doctest::Contains("another process is working"), Error);
  launcher.stop({1, 1}, StopHow::politely);
  CHECK(wait_for_end(launcher).size() == 1);
  CHECK_FALSE(attempt::probe_alive_lock(worker.folder.path()).held);
}

TEST_CASE("a program that cannot be executed is an error and leaves no lock") {
  Worker worker("");
  LocalLauncher launcher(worker.folder / "nowhere", -1);
  CHECK_THROWS_AS(launcher.start({1, 1}, worker.folder.path(), {}), Error);
  CHECK_FALSE(attempt::probe_alive_lock(worker.folder.path()).held);
}

TEST_CASE("an attempt whose lock is free is dead, even if its pid lives again as another process") {
  Worker worker("");
  std::ofstream(worker.folder / "alive.lock") << attempt::to_json_text(attempt::this_process());
  LocalLauncher launcher(worker.program, -1);
  CHECK_FALSE(launcher.adopt({1, 1}, worker.folder.path()).has_value());
}

TEST_CASE("a held lock that names a reused pid is waited for, and the stranger never signalled") {
  Worker worker("");
  attempt::ProcessIdentity stranger = attempt::this_process();
  ++stranger.start_ticks;
  std::ofstream(worker.folder / "alive.lock") << attempt::to_json_text(stranger);
  auto lock = attempt::AliveLock::take(worker.folder.path());
  LocalLauncher launcher(worker.program, -1);
  const auto process = launcher.adopt({1, 1}, worker.folder.path());
  REQUIRE(process.has_value());
  CHECK(process->pid == 0);
  launcher.stop({1, 1}, StopHow::now);  // would be the end of this test
  CHECK(launcher.wait(0).empty());
  lock.reset();
  CHECK(wait_for_end(launcher).size() == 1);
}

TEST_CASE("an adopted worker's end is told without a status") {
  Worker worker("sleep 60");
  LocalLauncher first(worker.program, -1), second(worker.program, -1);
  const db::ProcessRow started = first.start({1, 1}, worker.folder.path(), {});
  std::ofstream(worker.folder / "alive.lock")
      << attempt::to_json_text(*attempt::process_with_pid(started.pid));
  const auto adopted = second.adopt({1, 1}, worker.folder.path());
  REQUIRE(adopted.has_value());
  CHECK(adopted->pid == started.pid);
  CHECK(adopted->start_ticks == started.start_ticks);
  second.stop({1, 1}, StopHow::politely);
  CHECK(wait_for_end(first).size() == 1);
  const auto ended = wait_for_end(second);
  REQUIRE(ended.size() == 1);
  CHECK_FALSE(ended[0].exit_code.has_value());
  CHECK_FALSE(ended[0].term_signal.has_value());
}

TEST_CASE("nothing that a worker started outlives it") {
  Worker worker("");
  LocalLauncher launcher(worker.program, -1);
  std::ofstream script(worker.program);
  SUBCASE("a child of its group without its environment") {
    script << "#!/bin/sh\nenv -i /bin/sh -c \"echo \\$\\$ > '" << (worker.folder / "pid").string()
           << "'; exec sleep 60\" &\nwhile [ ! -s '" << (worker.folder / "pid").string()
           << "' ]; do sleep 0.01; done\nexit 0\n";
  }
  SUBCASE("a daemon in a session of its own") {
    script << "#!/bin/sh\nsetsid sh -c '"
           << "echo $$ > \"" << (worker.folder / "pid").string()
           << "\"; exec sleep 60' &\nwhile [ ! -s '" << (worker.folder / "pid").string()
           << "' ]; do sleep 0.01; done\nexit 0\n";
  }
  SUBCASE("a daemon's own daemon") {
    script << "#!/bin/sh\nsetsid sh -c 'setsid sh -c \"echo \\$\\$ > "
           << (worker.folder / "pid").string() << "; exec sleep 60\" & sleep 61' &\nwhile [ ! -s '"
           << (worker.folder / "pid").string() << "' ]; do sleep 0.01; done\nexit 0\n";
  }
  script.close();
  launcher.start({1, 1}, worker.folder.path(), {});
  const int pid = pid_in(worker.folder / "pid");
  CHECK(wait_for_end(launcher).size() == 1);
  CHECK(ends(pid));
}

TEST_CASE("what an adopted worker leaves with its lock is ended, and so is its attempt") {
  Worker worker("");
  const std::string pid_file = (worker.folder / "pid").string();
  std::ofstream(worker.program) << "#!/bin/sh\nenv -i /bin/sh -c \"echo \\$\\$ > '" << pid_file
                                << "'; exec sleep 60\" &\nexec sleep 61\n";
  LocalLauncher first(worker.program, -1), second(worker.program, -1);
  const db::ProcessRow started = first.start({1, 1}, worker.folder.path(), {});
  const int child = pid_in(pid_file);
  std::ofstream(worker.folder / "alive.lock")
      << attempt::to_json_text(*attempt::process_with_pid(started.pid));
  REQUIRE(second.adopt({1, 1}, worker.folder.path()).has_value());
  ::kill(started.pid, SIGKILL);
  CHECK(wait_for_end(second).size() == 1);
  CHECK(ends(child));
}

TEST_CASE("a dead worker's daemon that holds its lock is ended instead of waited for") {
  Worker worker("");
  const std::string pid_file = (worker.folder / "pid").string();
  std::ofstream(worker.program) << "#!/bin/sh\nsetsid sh -c 'echo $$ > \"" << pid_file
                                << "\"; exec sleep 60' &\nexec sleep 61\n";
  int pid = 0;
  {
    LocalLauncher first(worker.program, -1);
    const db::ProcessRow started = first.start({1, 1}, worker.folder.path(), {});
    pid = pid_in(pid_file);
    std::ofstream(worker.folder / "alive.lock")
        << attempt::to_json_text(*attempt::process_with_pid(started.pid));
    ::kill(started.pid, SIGKILL);
    REQUIRE(ends(started.pid));
  }
  LocalLauncher second(worker.program, -1);
  CHECK_FALSE(second.adopt({1, 1}, worker.folder.path()).has_value());
  CHECK(ends(pid));
}

TEST_CASE("a halted worker is woken to leave") {
  Worker worker("trap 'exit 75' TERM\nwhile :; do sleep 0.02; done");
  LocalLauncher launcher(worker.program, -1);
  const db::ProcessRow started = launcher.start({1, 1}, worker.folder.path(), {});
  ::usleep(100'000);
  ::kill(static_cast<pid_t>(started.pid), SIGSTOP);
  launcher.stop({1, 1}, StopHow::politely);
  const auto ended = wait_for_end(launcher);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].exit_code == 75);
}

TEST_CASE("the kernel takes a worker first, and what its counters say is told of its end") {
  Worker worker("");
  const auto counter = worker.folder / "memory.events";
  std::ofstream(counter) << "oom_kill 0\n";
  std::ofstream(worker.program) << "#!/bin/sh\nsleep 0.2\ncat /proc/$$/oom_score_adj > '"
                                << (worker.folder / "score").string() << "'\necho 'oom_kill 1' > '"
                                << counter.string() << "'\nkill -9 $$\n";
  LocalLauncher launcher(worker.program, -1, "train", OomWatch({{counter, true}}));
  launcher.start({1, 1}, worker.folder.path(), {});
  const auto ended = wait_for_end(launcher);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].term_signal == SIGKILL);
  CHECK(ended[0].out_of_memory.find("control group") != std::string::npos);
  int score = 0;
  std::ifstream(worker.folder / "score") >> score;
  CHECK(score == 500);
}
