#include "worker/attempt/alive_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::attempt {
namespace fs = std::filesystem;
namespace {

bool try_lock(int fd, const fs::path& path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  throw system_error("lock", path.string(), errno);
}

// The descriptor that the variable's text names, if it is open on this very file.
int inherited_descriptor(std::string_view text, const fs::path& path) {
  int fd = -1;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), fd);
  struct stat named {
  }, file{};
  const bool is_it = failure == std::errc() && end == text.data() + text.size() && fd >= 0 &&
                     ::fstat(fd, &named) == 0 && ::stat(path.c_str(), &file) == 0 &&
                     named.st_dev == file.st_dev && named.st_ino == file.st_ino;
  if (is_it) return fd;
  throw Error(
      ExitCode::environment, "use the inherited lock", path.string(),
      std::string(kAliveFdVariable) + "=" + std::string(text) + " is no descriptor of this file",
      std::string("unset ") + kAliveFdVariable + " when you start a worker by hand");
}

}  // namespace

std::optional<AliveLock> AliveLock::take(const fs::path& attempt_folder) {
  const fs::path path = attempt_folder / kLockFile;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) throw system_error("open", path.string(), errno);
  AliveLock lock(fd);
  constexpr int kTries = 100;
  for (int tries = 1; !try_lock(fd, path); ++tries) {
    if (tries == kTries) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return lock;
}

AliveLock AliveLock::hold_as_worker(const fs::path& attempt_folder) {
  const fs::path path = attempt_folder / kLockFile;
  std::optional<AliveLock> lock;
  if (const char* inherited = std::getenv(kAliveFdVariable)) {
    lock = AliveLock(inherited_descriptor(inherited, path));
    ::unsetenv(kAliveFdVariable);
    // Held already by whoever handed it on, through the same open file; else this takes it.
    if (!try_lock(lock->fd_, path)) lock.reset();
    if (lock && ::fcntl(lock->fd_, F_SETFD, FD_CLOEXEC) != 0) {
      throw system_error("use the inherited lock", path.string(), errno);
    }
  } else {
    lock = take(attempt_folder);
  }
  if (!lock) {
    throw Error(ExitCode::environment, "start in", attempt_folder.string(),
                "another process is working on this attempt");
  }
  const std::string text = to_json_text(this_process());
  if (::ftruncate(lock->fd_, 0) != 0 ||
      ::pwrite(lock->fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    throw system_error("write", path.string(), errno);
  }
  return *std::move(lock);
}

AliveLock::AliveLock(AliveLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

AliveLock& AliveLock::operator=(AliveLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

AliveLock::~AliveLock() {
  if (fd_ >= 0) ::close(fd_);
}

AliveState probe_alive_lock(const fs::path& attempt_folder) {
  const fs::path path = attempt_folder / kLockFile;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return {};
    throw system_error("open", path.string(), errno);
  }
  // A shared lock is refused exactly while the exclusive one is held.
  const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return {held, process_from_json_text(read_file(path))};
}

}  // namespace radsweep::attempt
