// A library for LD_PRELOAD that kills its process with SIGKILL at the n-th call that touches a
// file, as a crash at exactly that point would. Told in the environment variable RADSWEEP_DIE, in
// words, for instance
//   "program=radsweep path=*/sweep.db* calls=write,sync at=17 how=torn mark=/tmp/x/died"
// program  only processes of this program
// path     of the file, as a shell pattern whose * also matches /
// calls    write sync rename truncate unlink mkdir open spawn; by default all but open and spawn
// at       which of the matching calls of one process, from 1; 0: none, only tally
// how      before the call, after it, or torn: a write of half its bytes (others: before)
// mark     created by the one who dies, with the call as its text; where it exists nobody dies
// tally    gets one line for each matching call
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

struct Plan {
  bool on = false;
  std::string path = "*", calls = ",write,sync,rename,truncate,unlink,mkdir,", how = "before";
  std::string mark, tally;
  long at = 0;
};

Plan read_plan() {
  Plan plan;
  const char* text = std::getenv("RADSWEEP_DIE");
  std::istringstream words(text ? text : "");
  plan.on = text != nullptr;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals), value = word.substr(equals + 1);
    if (key == "program") plan.on = value == program_invocation_short_name;
    if (key == "path") plan.path = value;
    if (key == "calls") plan.calls = "," + value + ",";
    if (key == "at") plan.at = std::atol(value.c_str());
    if (key == "how") plan.how = value;
    if (key == "mark") plan.mark = value;
    if (key == "tally") plan.tally = value;
  }
  return plan;
}

const Plan& plan() {
  static const Plan read = read_plan();
  return read;
}

// Straight to the kernel: these are not to be counted.
int open_raw(const std::string& path, int flags) {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(), flags | O_CLOEXEC, 0644));
}

bool write_raw(const std::string& path, int flags, const std::string& text) {
  const int fd = open_raw(path, O_WRONLY | O_CREAT | flags);
  if (fd < 0) return false;
  const bool written = ::syscall(SYS_write, fd, text.data(), text.size()) >= 0;
  ::close(fd);
  return written;
}

std::string path_of(int fd) {
  char target[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
  return length < 0 ? "" : std::string(target, static_cast<std::size_t>(length));
}

// Whether the call that is about to be made is the last one.
bool is_the_one(const char* call, const std::string& path) {
  static std::atomic<long> count{0};
  const int saved = errno;
  const bool counts = plan().calls.find("," + std::string(call) + ",") != std::string::npos &&
                      ::fnmatch(plan().path.c_str(), path.c_str(), 0) == 0;
  bool now = counts && ++count == plan().at;
  const std::string line = std::string(call) + " " + path + "\n";
  if (counts && !plan().tally.empty()) write_raw(plan().tally, O_APPEND, line);
  if (now && !plan().mark.empty()) now = write_raw(plan().mark, O_EXCL, line);
  errno = saved;
  return now;
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

template <typename Function>
Function real(Function, const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

// `path` gives the file's path, `torn` makes half of the call.
template <typename Path, typename Call, typename Torn>
auto make(const char* call, Path path, Call whole, Torn torn) {
  if (!plan().on || !is_the_one(call, path())) return whole();
  if (plan().how == "torn") torn();
  if (plan().how == "after") whole();
  die();
}

template <typename Path, typename Call>
auto make(const char* call, Path path, Call whole) {
  return make(call, path, whole, [] {});
}

}  // namespace

#define REAL(function) (real(&::function, #function))

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  return make(
      "write", [&] { return path_of(fd); }, [&] { return REAL(write)(fd, bytes, size); },
      [&] {
        REAL(write)
        (fd, bytes, size / 2);
      });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  return make(
      "write", [&] { return path_of(fd); }, [&] { return REAL(pwrite)(fd, bytes, size, at); },
      [&] {
        REAL(pwrite)
        (fd, bytes, size / 2, at);
      });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  return make(
      "write", [&] { return path_of(fd); }, [&] { return REAL(pwrite64)(fd, bytes, size, at); },
      [&] {
        REAL(pwrite64)
        (fd, bytes, size / 2, at);
      });
}
ssize_t writev(int fd, const iovec* parts, int count) {
  return make(
      "write", [&] { return path_of(fd); }, [&] { return REAL(writev)(fd, parts, count); },
      [&] {
        REAL(writev)
        (fd, parts, count / 2);
      });
}
int fsync(int fd) {
  return make(
      "sync", [&] { return path_of(fd); }, [&] { return REAL(fsync)(fd); });
}
int fdatasync(int fd) {
  return make(
      "sync", [&] { return path_of(fd); }, [&] { return REAL(fdatasync)(fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  return make(
      "truncate", [&] { return path_of(fd); }, [&] { return REAL(ftruncate)(fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
  return make(
      "truncate", [&] { return path_of(fd); }, [&] { return REAL(ftruncate64)(fd, size); });
}
int rename(const char* from, const char* to) noexcept {
  return make(
      "rename", [&] { return std::string(to); }, [&] { return REAL(rename)(from, to); });
}
int unlink(const char* path) noexcept {
  return make(
      "unlink", [&] { return std::string(path); }, [&] { return REAL(unlink)(path); });
}
int mkdir(const char* path, mode_t mode) noexcept {
  return make(
      "mkdir", [&] { return std::string(path); }, [&] { return REAL(mkdir)(path, mode); });
}
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return make(
      "open", [&] { return std::string(path); }, [&] { return REAL(open)(path, flags, mode); });
}
int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const* arguments,
                char* const* environment) noexcept {
  return make(
      "spawn", [&] { return std::string(path); },
      [&] { return REAL(posix_spawn)(pid, path, actions, attributes, arguments, environment); });
}

}  // extern "C"
