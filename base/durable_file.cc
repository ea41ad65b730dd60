#include "base/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/error.h"

namespace radsweep {
namespace fs = std::filesystem;
namespace {

constexpr const char* kDiskHint = "check free space and permissions of that folder";

void write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      throw system_error("write", path.string(), errno, kDiskHint);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Speaks of the file that was wanted, not of a temporary one beside it.
Error not_created(const fs::path& target, int error_number) {
  if (error_number != ENOENT)
    return system_error("write", target.string(), error_number, kDiskHint);
  const fs::path folder = target.has_parent_path() ? target.parent_path() : ".";
  return Error(ExitCode::environment, "write", target.string(),
               "the folder " + folder.string() + " does not exist", "mkdir -p " + folder.string());
}

constexpr const char* kTemporary = ".tmp.";  // and the process that writes it

// A file under construction beside its target; removed unless it was renamed into place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target)
      : path_(target.string() + kTemporary + std::to_string(::getpid())),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
    if (fd_ < 0) throw not_created(target, errno);
  }
  ~TemporaryFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void append(std::string_view bytes) { write_all(fd_, bytes, path_); }

  void rename_to(const fs::path& target, Durability durability) {
    if (durability == Durability::synced && ::fsync(fd_) != 0) {
      throw system_error("sync", path_.string(), errno, kDiskHint);
    }
    const int closed = ::close(fd_);
    fd_ = -1;
    if (closed != 0) throw system_error("close", path_.string(), errno, kDiskHint);
    if (::rename(path_.c_str(), target.c_str()) != 0) {
      throw system_error("rename to", target.string(), errno, kDiskHint);
    }
    path_.clear();
    if (durability == Durability::synced) sync_directory(target.parent_path());
  }

 private:
  fs::path path_;
  int fd_;
};

}  // namespace

void replace_file(const fs::path& path, std::string_view bytes, Durability durability) {
  TemporaryFile file(path);
  file.append(bytes);
  file.rename_to(path, durability);
}

void replace_file(const fs::path& path, const std::function<void(const ByteSink&)>& write) {
  TemporaryFile file(path);
  write([&file](std::string_view bytes) { file.append(bytes); });
  file.rename_to(path, Durability::synced);
}

void remove_leftovers_of(const fs::path& path) {
  const std::string start = path.filename().string() + kTemporary;
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(path.parent_path())) {
    if (entry.path().filename().string().rfind(start, 0) == 0) leftovers.push_back(entry.path());
  }
  for (const fs::path& leftover : leftovers) fs::remove(leftover);
}

void write_file(const fs::path& path, const std::function<void(const ByteSink&)>& write) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) throw system_error("create", path.string(), errno, kDiskHint);
  try {
    write([&](std::string_view bytes) { write_all(fd, bytes, path); });
    if (::fsync(fd) != 0) throw system_error("sync", path.string(), errno, kDiskHint);
  } catch (...) {
    ::close(fd);
    ::unlink(path.c_str());
    throw;
  }
  if (::close(fd) != 0) throw system_error("close", path.string(), errno, kDiskHint);
  sync_directory(path.parent_path());
}

Error as_error(const fs::filesystem_error& failure) {
  return Error(ExitCode::environment, "use", failure.path1().string(), failure.code().message(),
               "check that path, its permissions and the free space");
}

void create_folders(const fs::path& folder) {
  std::error_code unknown;  // mkdir will say why
  if (folder.empty() || fs::is_directory(folder, unknown)) return;
  if (!folder.has_filename()) return create_folders(folder.parent_path());  // "runs/x/"
  create_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), 0777) != 0) {
    const int error_number = errno;
    if (fs::is_directory(folder, unknown)) return;  // somebody else made it just now
    throw system_error("make the folder", folder.string(), error_number, kDiskHint);
  }
  sync_directory(folder.parent_path());
}

void sync_directory(const fs::path& directory) {
  const fs::path target = directory.empty() ? fs::path(".") : directory;
  const int fd = ::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw system_error("open folder", target.string(), errno);
  const int synced = ::fsync(fd);
  const int error_number = errno;
  ::close(fd);
  // Some network file systems cannot fsync a folder and say EINVAL; there rename is all there is.
  if (synced != 0 && error_number != EINVAL) {
    throw system_error("sync folder", target.string(), error_number, kDiskHint);
  }
}

std::optional<std::string> read_file_if_exists(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("open", path.string(), errno);
  }
  std::string bytes;
  std::string block(1 << 16, '\0');
  for (;;) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error_number = errno;
      ::close(fd);
      if (error_number == ESRCH) return std::nullopt;
      throw system_error("read", path.string(), error_number);
    }
    if (got == 0) break;
    bytes.append(block.data(), static_cast<std::size_t>(got));
  }
  ::close(fd);
  return bytes;
}

std::string read_file(const fs::path& path) {
  auto bytes = read_file_if_exists(path);
  if (!bytes) throw system_error("read", path.string(), ENOENT);
  return *std::move(bytes);
}

AppendFile::AppendFile(const fs::path& path)
    : path_(path), fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (fd_ < 0) throw system_error("open", path.string(), errno, kDiskHint);
  try {
    sync_directory(path.parent_path());
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

AppendFile::~AppendFile() {
  ::close(fd_);
}

void AppendFile::append(std::string_view lines, Durability durability) {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) throw system_error("look at", path_.string(), errno);
  char last = '\n';
  if (status.st_size > 0 && ::pread(fd_, &last, 1, status.st_size - 1) != 1) {
    throw system_error("read", path_.string(), errno);
  }
  try {
    write_all(fd_, last == '\n' ? std::string(lines) : "\n" + std::string(lines), path_);
  } catch (const Error&) {
    // Half a line would swallow the next one. If this fails too, the next append ends the line.
    [[maybe_unused]] const int restored = ::ftruncate(fd_, status.st_size);
    throw;
  }
  if (durability == Durability::synced && ::fdatasync(fd_) != 0) {
    throw system_error("sync", path_.string(), errno, kDiskHint);
  }
}

}  // namespace radsweep
