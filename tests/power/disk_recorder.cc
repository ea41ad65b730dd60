// Preloaded into a program: writes down what it does to the files below RADSWEEP_RECORD_ROOT, with
// the bytes. The call and its record are one step for all threads and processes, so the log is in
// the order in which things happened. Calls go to the kernel directly.
//
// Not seen, and so never there after a power loss: what the C library writes by itself (stdout and
// stderr, files opened by posix_spawn) and memory maps (SQLite's -shm, which is made anew).
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include "tests/power/disk_log.h"

namespace {

using namespace radsweep::test;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

const std::string& root() {
  static const std::string folder = variable(kRecordRootVariable);
  return folder;
}

// The log, locked for one call: threads by the mutex, processes by flock on a description that
// each opens itself. A child of fork() that never executes anything else does not come here.
class Log {
 public:
  Log() : guard_(mutex()), error_(errno) {
    fd_ = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, variable(kRecordLogVariable).c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    ::flock(fd_, LOCK_EX);
  }
  ~Log() {
    ::syscall(SYS_close, fd_);
    errno = error_;
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // What errno shall be in the end.
  long keep(long result) {
    error_ = errno;
    return result;
  }

  void add(DiskRecord record, std::string_view name, std::string_view data = {}) {
    record.name_bytes = static_cast<std::uint32_t>(name.size());
    record.data_bytes = data.size();
    std::string bytes(reinterpret_cast<const char*>(&record), sizeof record);
    bytes += name;
    bytes += data;
    const long written = ::syscall(SYS_write, fd_, bytes.data(), bytes.size());
    if (written != static_cast<long>(bytes.size())) std::abort();
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> guard_;
  int error_;
  int fd_;
};

// Whether `path` is the root or below it; then `relative` is its name there.
bool below_root(std::string path, std::string& relative) {
  constexpr std::string_view kGone = " (deleted)";
  if (path.ends_with(kGone)) path.resize(path.size() - kGone.size());
  if (root().empty() || !(path + "/").starts_with(root() + "/")) return false;
  relative = path.size() > root().size() ? path.substr(root().size() + 1) : "";
  return true;
}

std::string folder_path(int folder) {
  if (folder == AT_FDCWD) {
    char path[PATH_MAX];
    return ::getcwd(path, sizeof path) ? path : "";
  }
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(folder);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  return size < 0 ? "" : std::string(path, static_cast<std::size_t>(size));
}

// Absolute, without "." and doubled slashes; our programs do not say "..".
std::string absolute(int folder, const char* path) {
  const std::string whole = path[0] == '/' ? path : folder_path(folder) + "/" + path;
  std::string plain;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = std::min(whole.find('/', at), whole.size());
    const std::string part = whole.substr(at, end - at);
    if (!part.empty() && part != ".") plain += "/" + part;
    at = end + 1;
  }
  return plain;
}

bool named(int folder, const char* path, std::string& relative) {
  return path && below_root(absolute(folder, path), relative);
}

bool opened(int fd, std::string& relative) {
  return !root().empty() && below_root(folder_path(fd), relative);
}

std::uint64_t inode_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
  std::string name;
  if (!(flags & (O_CREAT | O_TRUNC)) || !named(folder, path, name)) {
    return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
  }
  Log log;
  struct stat before {};
  const bool existed = ::fstatat(folder, path, &before, 0) == 0;
  const long fd = log.keep(::syscall(SYS_openat, folder, path, flags, mode));
  if (fd < 0) return -1;
  const std::uint64_t file = inode_of(static_cast<int>(fd));
  if (!existed) log.add({DiskOp::create, 0, file}, name);
  if (existed && (flags & O_TRUNC)) log.add({DiskOp::truncate, 0, file}, name);
  return static_cast<int>(fd);
}

template <typename Call>
ssize_t write_recorded(int fd, std::string_view data, off_t offset, const Call& call) {
  std::string name;
  if (!opened(fd, name)) return call();
  Log log;
  if (offset < 0) {
    struct stat status {};
    const bool appends = ::fcntl(fd, F_GETFL) & O_APPEND;
    offset = ::fstat(fd, &status) == 0 && appends ? status.st_size : ::lseek(fd, 0, SEEK_CUR);
  }
  const ssize_t written = log.keep(call());
  if (written > 0) {
    log.add({DiskOp::write, 0, inode_of(fd), static_cast<std::uint64_t>(offset)}, name,
            data.substr(0, static_cast<std::size_t>(written)));
  }
  return written;
}

int sync_recorded(int fd, long number) {
  std::string name;
  if (!opened(fd, name)) return static_cast<int>(::syscall(number, fd));
  Log log;
  const int result = static_cast<int>(log.keep(::syscall(number, fd)));
  struct stat status {};
  if (result != 0 || ::fstat(fd, &status) != 0) return result;
  const DiskOp op = S_ISDIR(status.st_mode) ? DiskOp::sync_folder : DiskOp::sync_file;
  log.add({op, 0, status.st_ino}, name);
  return result;
}

int truncate_recorded(int fd, off_t size) {
  std::string name;
  if (!opened(fd, name)) return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
  Log log;
  const int result = static_cast<int>(log.keep(::syscall(SYS_ftruncate, fd, size)));
  if (result == 0) {
    log.add({DiskOp::truncate, 0, inode_of(fd), static_cast<std::uint64_t>(size)}, name);
  }
  return result;
}

int unlink_recorded(int folder, const char* path, int flags) {
  std::string name;
  if (!named(folder, path, name)) {
    return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
  }
  Log log;
  const int result = static_cast<int>(log.keep(::syscall(SYS_unlinkat, folder, path, flags)));
  if (result == 0) log.add({DiskOp::remove}, name);
  return result;
}

int mkdir_recorded(int folder, const char* path, mode_t mode) {
  std::string name;
  if (!named(folder, path, name)) {
    return static_cast<int>(::syscall(SYS_mkdirat, folder, path, mode));
  }
  Log log;
  const int result = static_cast<int>(log.keep(::syscall(SYS_mkdirat, folder, path, mode)));
  if (result == 0) log.add({DiskOp::make_folder}, name);
  return result;
}

int rename_recorded(int from_folder, const char* from, int to_folder, const char* to) {
  std::string name, second;
  if (!named(from_folder, from, name) || !named(to_folder, to, second)) {
    return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, 0));
  }
  Log log;
  const int result =
      static_cast<int>(log.keep(::syscall(SYS_renameat2, from_folder, from, to_folder, to, 0)));
  if (result == 0) log.add({DiskOp::rename}, name, second);
  return result;
}

mode_t mode_argument(int flags, va_list arguments) {
  return flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
}

FILE* fopen_recorded(const char* path, const char* mode) {
  const bool plus = std::strchr(mode, '+') != nullptr;
  int flags = plus ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
  if (mode[0] == 'w') flags |= O_CREAT | O_TRUNC;
  if (mode[0] == 'a') flags |= O_CREAT | O_APPEND;
  if (std::strchr(mode, 'e') != nullptr) flags |= O_CLOEXEC;
  const int fd = open_at(AT_FDCWD, path, flags, 0666);
  return fd < 0 ? nullptr : ::fdopen(fd, mode);
}

}  // namespace

#define OPENS(name, parameters, folder)             \
  int name parameters {                             \
    va_list more;                                   \
    va_start(more, flags);                          \
    const mode_t mode = mode_argument(flags, more); \
    va_end(more);                                   \
    return open_at(folder, path, flags, mode);      \
  }

extern "C" {
OPENS(open, (const char* path, int flags, ...), AT_FDCWD)
OPENS(open64, (const char* path, int flags, ...), AT_FDCWD)
OPENS(openat, (int folder, const char* path, int flags, ...), folder)
OPENS(openat64, (int folder, const char* path, int flags, ...), folder)

FILE* fopen(const char* path, const char* mode) {
  return fopen_recorded(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return fopen_recorded(path, mode);
}

ssize_t write(int fd, const void* data, size_t size) {
  return write_recorded(fd, {static_cast<const char*>(data), size}, -1,
                        [&] { return ::syscall(SYS_write, fd, data, size); });
}
ssize_t writev(int fd, const iovec* parts, int count) {
  std::string data;
  for (int i = 0; i < count; ++i) {
    data.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  return write_recorded(fd, data, -1, [&] { return ::syscall(SYS_writev, fd, parts, count); });
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  return write_recorded(fd, {static_cast<const char*>(data), size}, offset,
                        [&] { return ::syscall(SYS_pwrite64, fd, data, size, offset); });
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return ::pwrite(fd, data, size, offset);
}

int fsync(int fd) {
  return sync_recorded(fd, SYS_fsync);
}
int fdatasync(int fd) {
  return sync_recorded(fd, SYS_fdatasync);
}
int ftruncate(int fd, off_t size) noexcept {
  return truncate_recorded(fd, size);
}
int ftruncate64(int fd, off64_t size) noexcept {
  return truncate_recorded(fd, size);
}

int unlink(const char* path) noexcept {
  return unlink_recorded(AT_FDCWD, path, 0);
}
int unlinkat(int folder, const char* path, int flags) noexcept {
  return unlink_recorded(folder, path, flags);
}
int rmdir(const char* path) noexcept {
  return unlink_recorded(AT_FDCWD, path, AT_REMOVEDIR);
}
int remove(const char* path) noexcept {
  const int removed = unlink_recorded(AT_FDCWD, path, 0);
  return removed != 0 && errno == EISDIR ? unlink_recorded(AT_FDCWD, path, AT_REMOVEDIR) : removed;
}
int mkdir(const char* path, mode_t mode) noexcept {
  return mkdir_recorded(AT_FDCWD, path, mode);
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  return mkdir_recorded(folder, path, mode);
}
int rename(const char* from, const char* to) noexcept {
  return rename_recorded(AT_FDCWD, from, AT_FDCWD, to);
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return rename_recorded(from_folder, from, to_folder, to);
}
}  // extern "C"
