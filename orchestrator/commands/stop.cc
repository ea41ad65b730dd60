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
#include "orchestrator/commands/verbs.h"
#include "orchestrator/store_lock.h"
#include "orchestrator/unowned_store.h"

namespace radsweep::orchestrator {
namespace {

enum class How { politely, now };

void wait_until_free(const Store& store) {
  while (probe_store_lock(store).owned) ::poll(nullptr, 0, 50);
}

// Signals exactly the process that the lock names: the pidfd is opened before it is checked.
void signal_owner(const attempt::ProcessIdentity& owner, How how) {
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, owner.pid, 0));
  const bool is_it = pidfd >= 0 && attempt::is_running(owner);
  const auto send = [pidfd] { ::syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, nullptr, 0); };
  if (is_it) send();
  if (is_it && how == How::now) {
    ::poll(nullptr, 0, 200);  // two equal signals at once would arrive as one
    send();
  }
  if (pidfd >= 0) ::close(pidfd);
}

void stop_through_owner(const Store& store, const StoreOwner& owner, How how) {
  if (!owner.process || owner.process->host != attempt::this_process().host) {
    throw Error(
        ExitCode::environment, "stop", store.root().string(),
        "its orchestrator runs on " + (owner.process ? owner.process->host : "another host"),
        "radsweep stop there");
  }
  std::cerr << "radsweep: process " << owner.process->pid << " stops its workers\n";
  signal_owner(*owner.process, how);
  wait_until_free(store);
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

SweepEnd stop_store(const Store& store, double grace_s, How how) {
  if (const StoreOwner owner = find_owner(store); owner.owned) {
    stop_through_owner(store, owner, how);
  }
  // Whether it left in good order or was killed meanwhile: nothing of the store shall run on.
  const StoreLock lock = StoreLock::take(store);
  return stop_workers(
      store, lock, how == How::now ? 0 : grace_s, [](db::RunQueue&) {},
      [](const db::OpenAttempt&) { return true; });
}

constexpr const char* kFooter = R"(
Returns when nothing of the store runs any more. `radsweep run` continues where it stopped.

Examples:
  radsweep stop
  radsweep stop runs/demo --now
)";

}  // namespace

void add_stop(CLI::App& app, int& exit_code) {
  struct Options {
    std::string store;
    double grace_s = 120;
    bool now = false;
  };
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("stop", "Checkpoint and stop all runs of a store");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "Its folder or name (default: the newest)");
  verb->add_flag("--now", options->now)->description("Kill the workers: they lose some minutes");
  verb->add_option("--grace-s", options->grace_s, "Seconds a worker may take to checkpoint")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
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
