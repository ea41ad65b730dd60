#include "tests/process/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/durable_file.h"
#include "tests/support/fake_behaviour.h"

namespace radsweep::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* kSweep = R"(
name: tiny
data:
  synthetic: {studies: 10, valid: 4, image_px: 32, seed: 1}
grid:
  resolution: [32]
  architecture:
    - {name: small, growth: 8, blocks: [2, 2], init_features: 16}
  seed: [SEEDS]
train: {studies_per_batch: 4, epochs: 2, frozen_epochs: 1}
retry: {max_attempts: ATTEMPTS, backoff_s: 0.001}
resources: {cpu_slots: 2}
)";

std::string text_of(const db::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
  return "";
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (changes.count(text.substr(0, text.find('='))) == 0) environment.push_back(text);
  }
  for (const auto& [name, value] : changes) environment.push_back(name + "=" + value);
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

bool eventually(const std::function<bool()>& condition, double limit_s) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

bool is_alive(int pid) {
  const auto stat = read_file_if_exists("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = stat ? stat->rfind(") ") : std::string::npos;
  return name_end != std::string::npos && stat->at(name_end + 2) != 'Z';
}

Radsweep::Radsweep(const fs::path& folder, const std::string& name,
                   const std::vector<std::string>& arguments, const std::string& fake)
    : output_(folder / (name + ".out")), errors_(folder / (name + ".err")) {
  std::vector<std::string> words{RADSWEEP_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment =
      environment_with({{"RADSWEEP_WORKER", FAKE_WORKER_PROGRAM}, {kFakeVariable, fake}});
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_.c_str(), flags, 0644);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors_.c_str(), flags, 0644);
  const int failure = ::posix_spawn(&pid_, RADSWEEP_PROGRAM, &actions, nullptr,
                                    pointers(words).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("cannot start radsweep");
}

Radsweep::~Radsweep() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Radsweep::signal(int number) const {
  ::kill(pid_, number);
}

std::optional<int> Radsweep::wait(double limit_s) {
  eventually(
      [this] {
        int status = 0;
        if (!ended_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
          ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        }
        return ended_.has_value();
      },
      limit_s);
  return ended_;
}

std::string Radsweep::errors() const {
  return read_file(errors_);
}
std::string Radsweep::output() const {
  return read_file(output_);
}

Sandbox::Sandbox(int seeds, int max_attempts) {
  std::string text = kSweep, list;
  for (int seed = 1; seed <= seeds; ++seed) list += (seed > 1 ? ", " : "") + std::to_string(seed);
  text.replace(text.find("SEEDS"), 5, list);
  text.replace(text.find("ATTEMPTS"), 8, std::to_string(max_attempts));
  std::ofstream(folder() / "tiny.yaml") << text;
}

Sandbox::~Sandbox() {
  for (int pid : workers()) ::kill(pid, SIGKILL);
}

fs::path Sandbox::attempt(const std::string& run, int number) const {
  return store() / run / std::to_string(number);
}

void Sandbox::open_gate() const {
  std::ofstream file(gate());
}

Radsweep Sandbox::start(const std::string& fake, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"run", "tiny.yaml"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return command(arguments, fake);
}

Radsweep Sandbox::command(const std::vector<std::string>& arguments, const std::string& fake) {
  return Radsweep(folder(), "radsweep-" + std::to_string(++started_), arguments, fake);
}

std::optional<int> Sandbox::run(const std::string& fake) {
  return start(fake).wait();
}

std::vector<std::string> Sandbox::ask(const std::string& sql) const {
  std::vector<std::string> texts;
  if (!fs::exists(store() / "sweep.db")) return texts;
  db::Database database = db::Database::open_for_reading(store() / "sweep.db");
  for (const auto& row : db::query(database, sql).rows) texts.push_back(text_of(row.at(0)));
  return texts;
}

std::string Sandbox::ask_one(const std::string& sql) const {
  const std::vector<std::string> rows = ask(sql);
  return rows.empty() ? "" : rows.front();
}

std::vector<std::string> Sandbox::numbers() const {
  std::vector<std::string> all =
      ask("SELECT run_id || ' ' || epoch || ' ' || phase || ' ' || train_loss || ' ' || valid_auc "
          "FROM epochs ORDER BY run_id, epoch");
  const std::vector<std::string> results =
      ask("SELECT run_id || ' ' || state || ' ' || best_auc || ' ' || best_epoch FROM runs "
          "ORDER BY run_id");
  all.insert(all.end(), results.begin(), results.end());
  return all;
}

std::vector<int> Sandbox::workers() const {
  const std::string mark = "RADSWEEP_ATTEMPT=" + folder().string();
  std::vector<int> pids;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const int pid = std::atoi(entry.path().filename().c_str());
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    std::ostringstream environment;
    if (pid > 0 && file) environment << file.rdbuf();
    if (environment.str().find(mark) != std::string::npos) pids.push_back(pid);
  }
  return pids;
}

}  // namespace radsweep::test
