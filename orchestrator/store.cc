#include "orchestrator/store.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "base/nearest_name.h"
#include "orchestrator/store_lock.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

constexpr const char* kStores = "runs";

bool is_store(const fs::path& folder) {
  return fs::exists(folder / "sweep.db");
}

// A commit in WAL mode touches the database itself only when the log is copied back.
fs::file_time_type newest_change(const fs::path& folder) {
  const fs::file_time_type own = fs::last_write_time(folder / "sweep.db");
  std::error_code absent;
  const fs::file_time_type log = fs::last_write_time(folder / "sweep.db-wal", absent);
  return absent ? own : std::max(own, log);
}

// Whether runs were ever recorded, or are about to be: a run that ended before that (no data, no
// disk) leaves an empty database.
bool has_begun(const Store& store) {
  return fs::exists(store.sweep_file()) || probe_store_lock(store).owned;
}

// Names of the stores below ./runs, those that began first, of them the newest database first.
std::vector<std::string> store_names() {
  std::vector<std::tuple<bool, fs::file_time_type, std::string>> found;
  std::error_code absent;  // no folder, no stores
  for (const fs::directory_entry& entry : fs::directory_iterator(kStores, absent)) {
    if (!is_store(entry.path())) continue;
    found.emplace_back(has_begun(Store(entry.path())), newest_change(entry.path()),
                       entry.path().filename().string());
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> names;
  for (const auto& [begun, time, name] : found) names.push_back(name);
  return names;
}

std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 8;  // the newest
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    text += (text.empty() ? "" : ", ") + names[i];
  }
  return names.size() > kShown ? text + ", ..." : text;
}

}  // namespace

Store find_store(const std::optional<std::string>& given) {
  const std::vector<std::string> names = store_names();
  if (!given) {
    if (!names.empty()) return Store(fs::path(kStores) / names.front());
    throw Error(ExitCode::usage, "find", "a store", "there is none below ./runs",
                "radsweep run SWEEP.yaml, or name the store's folder");
  }
  for (const fs::path& folder : {fs::path(*given), fs::path(kStores) / *given}) {
    if (is_store(folder)) return Store(folder);
  }
  throw Error(ExitCode::usage, "find", "the store '" + *given + "'",
              "neither ./" + *given + " nor ./runs/" + *given + " holds a sweep.db" +
                  did_you_mean(fs::path(*given).filename().string(), names),
              names.empty() ? "" : "one of: " + list(names));
}

}  // namespace radsweep::orchestrator
