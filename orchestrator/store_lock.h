// sweep.db.lock: the one orchestrator of a store. A flock, so the kernel frees it on any death;
// the file says who holds it.
#pragma once

#include <optional>

#include "orchestrator/store.h"
#include "worker/attempt/process_identity.h"

namespace radsweep::orchestrator {

// Owns the lock; closing it (or dying) releases it. Move-only. Close-on-exec: never inherited by
// workers; kept over fork().
class StoreLock {
 public:
  // Makes the store's folder if needed and takes its lock without waiting. Throws
  // Error(store_owned) naming the owner when another process holds it.
  static StoreLock take(const Store& store);
  // The same, but nullopt when another process holds it.
  static std::optional<StoreLock> try_take(const Store& store);
  // Writes this process into the file; take() does it, a child that inherits the lock by fork()
  // does it again.
  void name_this_process();

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&& other) noexcept;
  ~StoreLock();

 private:
  explicit StoreLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// Whether an orchestrator holds the lock now, and which process says it does (nothing during the
// instant before it wrote its name). Does not disturb it.
struct StoreOwner {
  bool owned = false;
  std::optional<attempt::ProcessIdentity> process;
};
StoreOwner probe_store_lock(const Store& store);

}  // namespace radsweep::orchestrator
