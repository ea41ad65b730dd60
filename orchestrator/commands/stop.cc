// radsweep stop: end everything a store started, in good order.
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "orchestrator/clock.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/leftovers.h"
#include "orchestrator/slurm/end_elements.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/unowned_store.h"

namespace radsweep::orchestrator {
namespace {

enum class How { politely, now };

constexpr double kGrace_s = 120;

// A process that does not heed so many requests to kill its workers is killed itself.
constexpr int kAsks = 50;
constexpr double kAskPause_s = 0.3;
constexpr double kDeathPatience_s = 15;

// Whether it was within `limit_s`; without a limit it is.
bool wait_until_free(const Store& store, std::optional<double> limit_s) {
  const SystemClock clock;
  while (probe_store_lock(store).owned) {
    if (limit_s && clock.elapsed_s() > *limit_s) return false;
    ::poll(nullptr, 0, 50);
  }
  return true;
}

// Signals exactly the process that the lock names: the pidfd is opened before it is checked.
class OwnerProcess {
 public:
  explicit OwnerProcess(const attempt::ProcessIdentity& owner)
      : pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, owner.pid, 0))),
        is_it_(pidfd_ >= 0 && attempt::is_running(owner)) {}
  ~OwnerProcess() {
    if (pidfd_ >= 0) ::close(pidfd_);
  }
  OwnerProcess(const OwnerProcess&) = delete;
  OwnerProcess& operator=(const OwnerProcess&) = delete;

  void ask() const {
    send(SIGTERM);
    send(SIGCONT);  // Ctrl-Z had halted it
  }
  void kill() const { send(SIGKILL); }

 private:
  void send(int signal) const {
    if (is_it_) ::syscall(SYS_pidfd_send_signal, pidfd_, signal, nullptr, 0);
  }
  int pidfd_;
  bool is_it_;
};

// `grace_s`: the user's, else the owner keeps to its own.
void stop_through_owner(const Store& store, const StoreOwner& owner, std::optional<double> grace_s,
                        How how) {
  if (!owner.process || owner.process->host != attempt::this_process().host) {
    throw Error(
        ExitCode::environment, "stop", store.root().string(),
        "its orchestrator runs on " + (owner.process ? owner.process->host : "another host"),
        "radsweep stop there");
  }
  const std::string name = "process " + std::to_string(owner.process->pid);
  std::cerr << "radsweep: " << name << " stops its workers\n";
  const OwnerProcess process(*owner.process);
  process.ask();
  if (how == How::politely && wait_until_free(store, grace_s)) return;
  if (how == How::politely) {
    std::cerr << "radsweep: they did not leave in time and are killed\n";
  }
  // Two equal signals at once arrive as one, so it is asked until it is gone.
  for (int asked = 0; asked < kAsks; ++asked) {
    if (asked > 0 || how == How::politely) process.ask();
    if (wait_until_free(store, kAskPause_s)) return;
  }
  std::cerr << "radsweep: " << name << " does not answer and is killed\n";
  process.kill();
  wait_until_free(store, kDeathPatience_s);
}

// An owner writes its name an instant after it took the lock.
StoreOwner find_owner(const Store& store) {
  StoreOwner owner = probe_store_lock(store);
  for (int look = 0; owner.owned && !owner.process && look < 20; ++look) {
    ::poll(nullptr, 0, 50);
    owner = probe_store_lock(store);
  }
  return owner;
}

SweepEnd stop_store(const Store& store, std::optional<double> grace_s, How how) {
  if (const StoreOwner owner = find_owner(store); owner.owned) {
    stop_through_owner(store, owner, grace_s, how);
  }
  // Whether it left in good order or was killed meanwhile: nothing of the store shall run on.
  const StoreLock lock = StoreLock::take(store);
  const SweepEnd end = stop_workers(
      store, lock, how == How::now ? 0 : grace_s.value_or(kGrace_s), [](db::RunQueue&) {},
      [](const db::OpenAttempt&) { return true; });
  // A node may be this machine: what Slurm has leaves in good order before leftovers are killed.
  slurm::stop_elements(store, lock, {grace_s.value_or(kGrace_s), how == How::now});
  end_leftovers(store.root());
  return end;
}

constexpr const char* kFooter = R"(
Returns when nothing of the store runs any more. `radsweep run` continues where it stopped. Runs
that Slurm has are taken out of its queue, those at work checkpoint, and none of them comes back.

Examples:
  radsweep stop
  radsweep stop runs/demo --now
)";

}  // namespace

void add_stop(CLI::App& app, int& exit_code) {
  struct Options {
    std::string store;
    std::optional<double> grace_s;
    bool now = false;
  };
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("stop", "Checkpoint and stop all runs of a store");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "Its folder or name (default: the newest)");
  verb->add_flag("--now", options->now)->description("Kill the workers: they lose some minutes");
  verb->add_option(
          "--grace-s", options->grace_s,
          "Seconds a worker may take to checkpoint (default: what `run` was given, or 120)")
      ->check(CLI::NonNegativeNumber);
  verb->callback([options, &exit_code] {
    const Store store =
        find_store(options->store.empty() ? std::nullopt : std::optional(options->store));
    const How how = options->now ? How::now : How::politely;
    const SweepEnd end = stop_store(store, options->grace_s, how);
    if (end == SweepEnd::interrupted) exit_code = static_cast<int>(ExitCode::interrupted);
    std::cerr << "radsweep: nothing of " << store.root().string() << " runs any more\n";
  });
}

}  // namespace radsweep::orchestrator
