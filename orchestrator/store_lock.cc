#include "orchestrator/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/durable_file.h"
#include "base/error.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

Error owned_by_another(const Store& store) {
  const StoreOwner owner = probe_store_lock(store);
  std::string who = "another radsweep";
  if (owner.process) {
    who += " (process " + std::to_string(owner.process->pid) + " on " + owner.process->host + ")";
  }
  return Error(ExitCode::store_owned, "work on", store.root().string(), who + " is working on it",
               "radsweep watch " + store.root().string() + " looks on, radsweep stop " +
                   store.root().string() + " ends it");
}

}  // namespace

std::optional<StoreLock> StoreLock::try_take(const Store& store) {
  create_folders(store.root());
  const int fd = ::open(store.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) throw system_error("open", store.lock().string(), errno);
  StoreLock lock(fd);
  // Somebody who only looks (probe_store_lock) holds it for an instant: try again.
  for (int attempt = 0; ::flock(fd, LOCK_EX | LOCK_NB) != 0; ++attempt) {
    if (errno != EWOULDBLOCK) throw system_error("lock", store.lock().string(), errno);
    if (attempt == 5) return std::nullopt;
    ::usleep(20'000);
  }
  lock.name_this_process();
  return lock;
}

StoreLock StoreLock::take(const Store& store) {
  auto lock = try_take(store);
  if (!lock) throw owned_by_another(store);
  return *std::move(lock);
}

void StoreLock::name_this_process() {
  const std::string text = attempt::to_json_text(attempt::this_process());
  if (::ftruncate(fd_, 0) != 0 ||
      ::pwrite(fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    throw system_error("write", "the store's lock", errno);
  }
}

StoreLock::StoreLock(StoreLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

StoreLock& StoreLock::operator=(StoreLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

StoreLock::~StoreLock() {
  if (fd_ >= 0) ::close(fd_);
}

StoreOwner probe_store_lock(const Store& store) {
  const int fd = ::open(store.lock().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return {};
    throw system_error("open", store.lock().string(), errno);
  }
  const bool owned = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return {owned, attempt::process_from_json_text(read_file(store.lock()))};
}

}  // namespace radsweep::orchestrator
