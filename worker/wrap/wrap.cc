#include "worker/wrap/wrap.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/spec.h"
#include "worker/wrap/line_reader.h"
#include "worker/wrap/metric_line.h"
#include "worker/wrap/program.h"
#include "worker/wrap/seal.h"
#include "worker/wrap/telling.h"

namespace radsweep::wrap {
namespace fs = std::filesystem;
namespace {

constexpr int kBeatMs = 1000;
constexpr const char* kCheckpointFolder = "checkpoint";  // beside the attempts' folders

struct Pipe {
  int read_end, write_end;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw system_error("make", "a pipe", errno);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {ends[0], ends[1]};
}

ProgramStart start_of(const attempt::Spec& spec, const fs::path& attempt_folder, int metrics_fd,
                      int lock_fd) {
  const fs::path of_run = fs::absolute(attempt_folder).lexically_normal().parent_path();
  const fs::path checkpoints = of_run / kCheckpointFolder;
  create_folders(checkpoints);
  return {spec.trainer->command,
          spec.trainer->folder,
          {{"RADSWEEP_PARAMS", spec.trainer->params},
           {"RADSWEEP_SWEEP", spec.sweep},
           {"RADSWEEP_RUN", spec.run},
           {"RADSWEEP_ATTEMPT_NUMBER", std::to_string(spec.attempt)},
           {"RADSWEEP_CHECKPOINT_DIR", checkpoints.string()},
           {"RADSWEEP_GPU", spec.slot.gpu_uuid},
           {"RADSWEEP_THREADS", std::to_string(spec.slot.threads)},
           {kMetricsFdVariable, std::to_string(kMetricsDescriptor)},
           {attempt::kAliveFdVariable, std::to_string(kLockDescriptor)}},
          metrics_fd,
          lock_fd};
}

// Until the program has ended and what it told is read.
void listen(int program, int metrics_fd, Telling& telling) {
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, program, 0));
  if (pidfd < 0) throw system_error("watch", "the program", errno);
  telling.beat();
  LineReader lines(metrics_fd);
  pollfd watched[] = {{pidfd, POLLIN, 0}, {metrics_fd, POLLIN, 0}};
  for (bool ended = false; !ended; telling.beat()) {
    if (::poll(watched, 2, kBeatMs) < 0 && errno != EINTR) {
      throw system_error("wait for", "the program", errno);
    }
    ended = (watched[0].revents & POLLIN) != 0;  // what it wrote before is read below
    const bool more = lines.read([&](const std::string& line) { telling.take_line(line); },
                                 [&](const std::string& line) { telling.take_too_long(line); });
    if (!more) watched[1].fd = -1;
    if (!telling.not_a_number().empty()) ::kill(program, SIGKILL);  // nothing more would count
  }
  telling.take_line(lines.take_rest());
  ::close(pidfd);
}

int wait_for(int program) {
  int status = 0;
  while (::waitpid(program, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

[[noreturn]] void die_by(int signal) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);  // the program left its own, if any
  ::signal(signal, SIG_DFL);
  ::raise(signal);
  ::_exit(128 + signal);  // a signal that kills nobody by default
}

int run_program(const fs::path& attempt_folder, const attempt::Spec& spec, int lock_fd) {
  Telling telling(attempt_folder, spec);
  ::signal(SIGTERM, SIG_IGN);
  const Pipe pipe = make_pipe();
  int program = -1;
  try {
    program = start_program(start_of(spec, attempt_folder, pipe.write_end, lock_fd));
  } catch (const Error& cause) {
    return seal_failure(attempt_folder, spec, telling, "bad_spec",
                        "cannot " + cause.doing() + " " + cause.where() + ": " + cause.why());
  }
  ::close(pipe.write_end);
  listen(program, pipe.read_end, telling);
  ::close(pipe.read_end);
  const int status = wait_for(program);
  telling.finish();
  if (!telling.not_a_number().empty()) {
    return seal_failure(attempt_folder, spec, telling, "nan", telling.not_a_number());
  }
  if (WIFSIGNALED(status)) die_by(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  return code == 0 ? seal_done(attempt_folder, spec, telling) : code;
}

}  // namespace

int wrap(const fs::path& attempt_folder) {
  attempt::AliveLock lock = attempt::AliveLock::hold_as_worker(attempt_folder);
  const attempt::Spec spec = attempt::read_spec(attempt_folder);
  if (!spec.trainer) {
    throw Error(ExitCode::usage, "run", attempt_folder.string(), "its spec names no program");
  }
  const int code = run_program(attempt_folder, spec, lock.descriptor());
  std::move(lock).keep_until_exit();
  return code;
}

}  // namespace radsweep::wrap
