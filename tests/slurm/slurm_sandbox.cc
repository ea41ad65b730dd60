#include "tests/slurm/slurm_sandbox.h"

#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "base/durable_file.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/result.h"

#include <doctest/doctest.h>

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

const std::vector<std::string>& undisturbed_numbers(int seeds) {
  static std::map<int, std::vector<std::string>> known;
  std::vector<std::string>& numbers = known[seeds];
  if (!numbers.empty()) return numbers;
  Sandbox calm(seeds);
  Radsweep radsweep = calm.start();
  REQUIRE(radsweep.wait(kPatience_s) == 0);
  return numbers = calm.numbers();
}

}  // namespace

bool in_time(const std::function<bool()>& condition, double limit_s) {
  constexpr int kPauseMs = 50;
  return eventually(
      [&condition, first = true]() mutable {
        if (!std::exchange(first, false)) ::poll(nullptr, 0, kPauseMs);
        return condition();
      },
      limit_s);
}

SlurmSandbox::SlurmSandbox(int seeds, const std::string& slurm,
                           const std::vector<std::string>& settings)
    : Sandbox(seeds), seeds_(seeds) {
  std::ofstream(folder() / "tiny.yaml", std::ios::app)
      << "slurm: {poll_s: 0.2" << (slurm.empty() ? "" : ", ") << slurm << "}\n";
  fs::create_directory(folder() / "bin");
  set({{"SLURM_CONF", (cluster_folder() / "slurm.conf").string()},
       {"PATH", (folder() / "bin").string() + ":" + std::getenv("PATH")}});
  std::vector<std::string> words{"start", cluster_folder().string()};
  words.insert(words.end(), settings.begin(), settings.end());
  Process start(CLUSTER_PROGRAM, words, cluster_.path(), "start", {});
  INFO(start.errors());
  REQUIRE(start.wait(kPatience_s) == 0);
}

SlurmSandbox::~SlurmSandbox() {
  Process stop(CLUSTER_PROGRAM, {"stop", cluster_folder().string()}, cluster_.path(), "stop", {});
  stop.wait(kPatience_s);
}

Radsweep SlurmSandbox::launch(const std::string& fake, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"--executor", "slurm"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return start(fake, arguments);
}

std::optional<int> SlurmSandbox::complete(const std::string& fake,
                                          const std::vector<std::string>& more) {
  Radsweep radsweep = launch(fake, more);
  const std::optional<int> code = radsweep.wait(kPatience_s);
  if (code != 0) MESSAGE(radsweep.errors());
  return code;
}

std::optional<int> SlurmSandbox::say(const std::vector<std::string>& words) {
  Radsweep radsweep = command(words);
  const std::optional<int> code = radsweep.wait(kPatience_s);
  if (code != 0) MESSAGE(radsweep.output() << radsweep.errors());
  return code;
}

std::string SlurmSandbox::held(const std::string& until) const {
  return "at=3 " + until + " wait_for=" + gate();
}

bool SlurmSandbox::holds(const std::string& run, int number) const {
  return fs::exists(attempt(run, number) / attempt::kLastCheckpoint);
}

std::string SlurmSandbox::shell(const std::string& line) const {
  Process process("/bin/sh", {"-c", line}, cluster_.path(), "shell",
                  {{"SLURM_CONF", (cluster_folder() / "slurm.conf").string()}});
  return process.wait(kPatience_s) == 0 ? process.output() : "";
}

void SlurmSandbox::cluster(const std::string& verb, const std::string& node) const {
  std::vector<std::string> words{verb, cluster_folder().string()};
  if (!node.empty()) words.push_back(node);
  Process process(CLUSTER_PROGRAM, words, cluster_.path(), "cluster", {});
  REQUIRE(process.wait(kPatience_s) == 0);
}

void SlurmSandbox::raise_controller() const {
  cluster("controller-up");
  REQUIRE(in_time([&] {
    const std::string states = shell("sinfo --noheader --Node --format=%t");
    return !states.empty() && states.find("unk") == std::string::npos;
  }));
}

void SlurmSandbox::save_controller() const {
  const std::vector<int> controllers = processes_with("RADSWEEP_CLUSTER_PART=slurmctld");
  shell("scontrol shutdown slurmctld");
  REQUIRE(in_time([&] { return std::none_of(controllers.begin(), controllers.end(), is_alive); }));
  fs::remove_all(cluster_ / "saved");
  fs::copy(cluster_folder() / "state", cluster_ / "saved", fs::copy_options::recursive);
  raise_controller();
}

void SlurmSandbox::restore_controller() const {
  cluster("controller-down");
  fs::remove_all(cluster_folder() / "state");
  fs::copy(cluster_ / "saved", cluster_folder() / "state", fs::copy_options::recursive);
  raise_controller();
}

std::vector<std::string> SlurmSandbox::queue() const {
  return lines_of(shell("squeue --noheader --array --format='%i %T %r'"));
}

bool SlurmSandbox::queue_is_empty() const {
  return shell("squeue --noheader && echo answered") == "answered\n";
}

void SlurmSandbox::release() const {
  shell(
      "for job in $(squeue --noheader --states=pending --format=%F | sort -u); do"
      " scontrol update job=$job starttime=now; done");
}

std::size_t SlurmSandbox::arrays() const {
  const auto jobs = lines_of(shell("squeue --noheader --states=all --format=%F"));
  return std::set<std::string>(jobs.begin(), jobs.end()).size();
}

std::string SlurmSandbox::variable(const std::string& run, int number,
                                   const std::string& name) const {
  for (const int pid : processes_with("RADSWEEP_ATTEMPT=" + attempt(run, number).string())) {
    if (const std::string value = variable_of(pid, name); !value.empty()) return value;
  }
  return "";
}

std::string SlurmSandbox::element(const std::string& run, int number) const {
  return variable(run, number, "SLURM_ARRAY_JOB_ID") + "_" +
         variable(run, number, "SLURM_ARRAY_TASK_ID");
}

void SlurmSandbox::spoil_first_sbatch(const std::string& lines, bool hand_over) const {
  const std::string calls = (folder() / "sbatch-calls").string();
  const fs::path file = folder() / "bin" / "sbatch";
  std::ofstream(file) << "#!/bin/sh\n"
                         "PATH=${PATH#*:}\n"
                         "case $1 in --version | -V) exec sbatch \"$@\" ;; esac\n"
                      << "first=yes; [ ! -e " << calls << " ] || first=no\n"
                      << "echo call >>" << calls << "\n"
                      << "[ $first = yes ] || exec sbatch \"$@\"\n"
                      << (hand_over ? "sbatch \"$@\" >/dev/null || exit\n" : "") << lines << "\n";
  fs::permissions(file, fs::perms::owner_all);
}

void SlurmSandbox::note_scancel() const {
  const fs::path file = folder() / "bin" / "scancel";
  std::ofstream(file) << "#!/bin/sh\n"
                         "PATH=${PATH#*:}\n"
                      << "echo \"$@\" >>" << (folder() / "scancel-calls").string() << "\n"
                      << "exec scancel \"$@\"\n";
  fs::permissions(file, fs::perms::owner_all);
}

std::string SlurmSandbox::scancel_calls() const {
  return read_file_if_exists(folder() / "scancel-calls").value_or("");
}

std::string SlurmSandbox::sbatch_calls() const {
  return read_file_if_exists(folder() / "sbatch-calls").value_or("");
}

void SlurmSandbox::check_complete() {
  CHECK(ask("SELECT run_id FROM runs WHERE state <> 'done'").empty());
  CHECK(ask_one("SELECT count(*) FROM runs") == std::to_string(seeds_));
  CHECK(ask("SELECT run_id FROM attempt WHERE ended_ms IS NULL").empty());
  for (const std::string& run : ask("SELECT run_id FROM runs")) {
    CAPTURE(run);
    CHECK(done_results(run) == 1);
  }
  CHECK(numbers() == undisturbed_numbers(seeds_));
  CHECK(say({"doctor", "runs/tiny"}) == 0);
  check_nothing_left();
}

void SlurmSandbox::check_nothing_left() const {
  CHECK(in_time([&] { return queue_is_empty(); }));
  CHECK(in_time([&] { return processes().empty(); }));
}

std::size_t SlurmSandbox::done_results(const std::string& run) const {
  std::size_t done = 0;
  std::error_code not_begun;
  for (const fs::directory_entry& entry : fs::directory_iterator(store() / run, not_begun)) {
    const auto result = attempt::read_result(entry.path());
    done += result && result->outcome == attempt::Outcome::done;
  }
  return done;
}

}  // namespace radsweep::test
