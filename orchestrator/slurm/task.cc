#include "orchestrator/slurm/task.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "base/error.h"
#include "orchestrator/attempt_end.h"
#include "orchestrator/clock.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/local_launcher.h"
#include "orchestrator/prepare_attempt.h"
#include "orchestrator/slurm/attempt_numbers.h"
#include "orchestrator/slurm/element.h"
#include "orchestrator/slurm/slurm_client.h"
#include "orchestrator/slurm/submission.h"
#include "orchestrator/slurm/task_slot.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/result.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;
namespace {

using attempt::WorkerExit;

constexpr double kSlurmPatience_s = 60;  // on a node, for scontrol
constexpr int kReturnsWithoutProgress = 3;

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

std::optional<int> number_in(const char* name) {
  const auto text = variable(name);
  return text ? std::optional(std::atoi(text->c_str())) : std::nullopt;
}

int index_of_this_element() {
  if (const auto index = number_in("SLURM_ARRAY_TASK_ID")) return *index;
  throw Error(ExitCode::usage, "run", kTaskVerb, "there is no SLURM_ARRAY_TASK_ID",
              "it is started by Slurm only: radsweep run SWEEP.yaml --executor slurm");
}

// Slurm's requests to leave: USR1 ahead of a time limit or a preemption, TERM when Slurm ends the
// element now; CONT comes with them and means nothing. From construction on they are noted, not
// obeyed.
class Requests {
 public:
  Requests() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGUSR1, SIGTERM, SIGINT, SIGHUP}) {
      ::signal(signal, SIG_DFL);  // an ignored signal never arrives
      sigaddset(&set, signal);
    }
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd_ < 0) throw system_error("watch for", "signals", errno);
  }
  ~Requests() { ::close(fd_); }
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;

  int descriptor() const { return fd_; }
  bool any() {
    signalfd_siginfo arrived{};
    while (::read(fd_, &arrived, sizeof arrived) == static_cast<ssize_t>(sizeof arrived)) {
      any_ = true;
      if (arrived.ssi_signo != SIGUSR1) ended_ = true;
    }
    return any_;
  }
  // Whether Slurm, or somebody through it, has decided what becomes of the element.
  bool ended() {
    any();
    return ended_;
  }

 private:
  int fd_ = -1;
  bool any_ = false, ended_ = false;
};

// Only the newest attempt's result counts; one that is damaged is none. Attempts below the spec's
// number were settled before it was submitted, whatever has become of their files since.
bool has_sealed_result(const Store& store, const attempt::Spec& spec) {
  const std::vector<int> numbers = attempt_numbers(store.root() / spec.run);
  if (numbers.empty() || numbers.back() < spec.attempt) return false;
  try {
    const auto result = attempt::read_result(store.attempt(spec.run, numbers.back()));
    return result && result->outcome == attempt::Outcome::done && result->identity == spec.identity;
  } catch (const Error&) {
    return false;
  }
}

// One attempt of one run, from its number to its end.
class Task {
 public:
  Task(const Submission& submission, int index)
      : submission_(submission),
        index_(index),
        spec_(submission.spec(index)),
        store_(submission.store()) {}

  int run() {
    if (submission_.is_stopped(index_) || has_sealed_result(store_, spec_)) return 0;
    take_number();
    WorkerEnd end;
    try {
      end = train();
    } catch (const Error& cause) {
      write_exit(folder_, {.error_class = failing_, .error = text_of(cause)});
      std::cerr << "radsweep: " << cause.what() << std::endl;
      return static_cast<int>(WorkerExit::failed);
    }
    write_exit(folder_, {end.exit_code, end.term_signal, end.out_of_memory});
    return verdict(end);
  }

 private:
  static std::string text_of(const Error& cause) {
    return "cannot " + cause.doing() + " " + cause.where() + ": " + cause.why();
  }

  std::string element() const {
    return variable("SLURM_ARRAY_JOB_ID").value_or("0") + "_" + std::to_string(index_);
  }

  void take_number() {
    int number = spec_.attempt;
    do {
      const std::vector<int> taken = attempt_numbers(store_.root() / spec_.run);
      if (!taken.empty()) number = std::max(number, taken.back() + 1);
      folder_ = store_.attempt(spec_.run, number);
    } while (!make_attempt_folder(folder_));
    spec_.attempt = number;
    ElementRecord record;
    record.submission = submission_.uuid();
    record.index = index_;
    record.job = element();
    record.node = variable("SLURMD_NODENAME").value_or("");
    record.restarts = number_in("SLURM_RESTART_COUNT").value_or(0);
    record.started_ms = SystemClock().wall_ms();
    record.task = attempt::this_process();
    write_record(folder_, record);
    std::cerr << "radsweep: " << spec_.run << " attempt " << number << " on "
              << (record.node.empty() ? record.task.host : record.node) << std::endl;
  }

  db::Claim claim() const {
    db::Claim claim{{0, spec_.attempt}, spec_.run, spec_.identity, {}};
    for (const int number : attempt_numbers(store_.root() / spec_.run)) {
      if (number < spec_.attempt) claim.older_attempts.push_back(number);
    }
    std::ranges::reverse(claim.older_attempts);
    return claim;
  }

  LocalLauncher make_launcher() const {
    if (!spec_.trainer) return LocalLauncher(worker_program(), requests_.descriptor());
    return LocalLauncher(fs::read_symlink("/proc/self/exe"), requests_.descriptor(),
                         attempt::kWrapVerb);
  }

  WorkerEnd train() {
    failing_ = "device";
    auto processors = number_in("SLURM_CPUS_PER_TASK");
    if (!processors) processors = number_in("SLURM_CPUS_ON_NODE");
    const attempt::Slot slot = slot_of_task(submission_.shape(), processors, inspect_machine());
    failing_ = "disk";
    write_attempt_spec(folder_, claim(), spec_, slot);
    failing_ = "bug";
    LocalLauncher launcher = make_launcher();
    const db::Fence fence{0, spec_.attempt};
    launcher.start(fence, folder_, slot);
    for (bool told = false;;) {
      if (requests_.any() && !told) {
        std::cerr << "radsweep: asked to leave: the worker checkpoints" << std::endl;
        launcher.stop(fence, StopHow::politely);
        told = true;
      }
      constexpr double kLongestWait_s = 60;
      const auto ended = launcher.wait(kLongestWait_s);
      if (!ended.empty()) return ended.front();
    }
  }

  int verdict(const WorkerEnd& end) {
    if (end.term_signal) return 128 + *end.term_signal;
    const int code = end.exit_code.value_or(static_cast<int>(WorkerExit::failed));
    return code == static_cast<int>(WorkerExit::stopped) ? come_back() : code;
  }

  int come_back() {
    if (submission_.is_stopped(index_)) return 0;
    const int in_vain = ends_without_progress(folder_.parent_path(), spec_.attempt);
    if (in_vain >= kReturnsWithoutProgress) {
      std::cerr << "radsweep: stopped " << in_vain
                << " times in a row without a step of progress: it does not come back" << std::endl;
      return static_cast<int>(WorkerExit::failed);
    }
    constexpr int kStopped = static_cast<int>(WorkerExit::stopped);
    if (requests_.ended()) return kStopped;  // asking to requeue would revive what scancel ended
    try {
      const SlurmClient slurm(kSlurmPatience_s);
      if (!slurm.config().requeue_exit.contains(kStopped)) slurm.requeue(element());
    } catch (const Error& cause) {  // the next `radsweep run` finds that it is gone, and submits it
      std::cerr << "radsweep: " << cause.what() << std::endl;
    }
    return kStopped;
  }

  Requests requests_;  // first: from now on nothing is missed
  const Submission& submission_;
  int index_;
  attempt::Spec spec_;
  Store store_;
  fs::path folder_;
  std::string failing_;  // class of a failure at this stage
};

}  // namespace

int run_task(const fs::path& submission_folder) {
  const Submission submission(submission_folder);
  return Task(submission, index_of_this_element()).run();
}

}  // namespace radsweep::orchestrator::slurm
