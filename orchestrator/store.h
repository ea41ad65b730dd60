// Where things lie in a store, `runs/<sweep name>/`. Paths inside are relative to it, so that it
// can be moved, copied and packed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace radsweep::orchestrator {

class Store {
 public:
  explicit Store(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path database() const { return root_ / "sweep.db"; }
  std::filesystem::path lock() const { return root_ / "sweep.db.lock"; }
  std::filesystem::path sweep_file() const { return root_ / "sweep.yaml"; }
  std::filesystem::path report() const { return root_ / "report.html"; }
  // What the owner waits for while it cannot write the database (hindrance.h).
  std::filesystem::path hindrance() const { return root_ / "hindrance.txt"; }
  // Requests of other processes to the orchestrator that owns the store.
  std::filesystem::path requests() const { return root_ / "requests"; }
  std::filesystem::path attempt(const std::string& run, int number) const {
    return root_ / run / std::to_string(number);
  }

 private:
  std::filesystem::path root_;
};

// The store a reading command means: `given` (a store folder, or the name of one below runs/), or
// without it the only or else the newest store below ./runs (one that holds no runs yet and has no
// owner comes last). Throws Error(usage) when there is
// none, naming what was looked for and the stores that exist.
Store find_store(const std::optional<std::string>& given);

}  // namespace radsweep::orchestrator
