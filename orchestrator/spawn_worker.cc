#include "orchestrator/spawn_worker.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <map>
#include <string_view>

#include "base/error.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

std::string absolute_text(const fs::path& folder) {
  return fs::absolute(folder).lexically_normal().string();
}

// The C API's out-parameters with their owners.
struct FileActions {
  posix_spawn_file_actions_t value;
  FileActions() { ::posix_spawn_file_actions_init(&value); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&value); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
};

struct Attributes {
  posix_spawnattr_t value;
  Attributes() { ::posix_spawnattr_init(&value); }
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
};

void connect_descriptors(FileActions& actions, const std::string& log, int alive_lock) {
  ::posix_spawn_file_actions_addopen(&actions.value, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // The lock first: opening the log must not take its number.
  ::posix_spawn_file_actions_adddup2(&actions.value, alive_lock, kAliveDescriptor);
  ::posix_spawn_file_actions_addopen(&actions.value, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::posix_spawn_file_actions_adddup2(&actions.value, STDOUT_FILENO, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions.value, kAliveDescriptor + 1);
}

void reset_signals(Attributes& attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes.value, &none);
  ::posix_spawnattr_setsigdefault(&attributes.value, &all);
  ::posix_spawnattr_setflags(&attributes.value,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
}

// Under a processor quota there are more of them than threads: others compute there too.
bool has_processors_to_itself(const attempt::Slot& slot) {
  return slot.gpu_uuid.empty() && static_cast<int>(slot.cpus.size()) == slot.threads;
}

}  // namespace

std::vector<std::string> worker_environment(const attempt::Slot& slot, const fs::path& folder) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  variables["CUDA_VISIBLE_DEVICES"] = slot.gpu_uuid;
  variables["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
  variables["OMP_NUM_THREADS"] = std::to_string(slot.threads);
  variables["OMP_WAIT_POLICY"] = "passive";
  variables.erase("GOMP_SPINCOUNT");  // would outweigh the policy
  if (has_processors_to_itself(slot)) variables["GOMP_SPINCOUNT"] = "10000";
  variables[attempt::kAliveFdVariable] = std::to_string(kAliveDescriptor);
  variables[kAttemptVariable] = absolute_text(folder);
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  return environment;
}

int spawn_worker(const fs::path& program, const std::string& verb, const fs::path& folder,
                 const attempt::Slot& slot, int alive_lock) {
  FileActions actions;
  connect_descriptors(actions, (folder / attempt::kLogFile).string(), alive_lock);
  Attributes attributes;
  reset_signals(attributes);

  std::array<std::string, 3> words{program.string(), verb, absolute_text(folder)};
  std::array<char*, 4> arguments{words[0].data(), words[1].data(), words[2].data(), nullptr};
  std::vector<std::string> texts = worker_environment(slot, folder);
  std::vector<char*> environment;
  for (std::string& text : texts) environment.push_back(text.data());
  environment.push_back(nullptr);

  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, words[0].c_str(), &actions.value, &attributes.value,
                                    arguments.data(), environment.data());
  if (failure != 0) throw system_error("start the worker", program.string(), failure);
  return pid;
}

bool carries_attempt(int pid, const fs::path& folder) {
  // The process may vanish at any instant; what cannot be read carries nothing.
  std::ifstream file("/proc/" + std::to_string(pid) + "/environ", std::ios::binary);
  const std::string wanted = kAttemptVariable + std::string("=") + absolute_text(folder);
  for (std::string entry; std::getline(file, entry, '\0');) {
    if (entry == wanted || entry.rfind(wanted + "/", 0) == 0) return true;
  }
  return false;
}

}  // namespace radsweep::orchestrator
