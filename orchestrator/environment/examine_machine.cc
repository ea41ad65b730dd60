#include "orchestrator/environment/examine_machine.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "base/durable_file.h"
#include "base/error.h"
#include "db/file_system.h"
#include "db/query.h"
#include "orchestrator/environment/child_process.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/environment/sqlite_version.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

using Level = Finding::Level;
constexpr double kGiB = 1024.0 * 1024 * 1024;
// A checkpoint of densenet161 (weights and two Adam moments, fp32) is 0.33 GB; a run keeps two of
// them, its best weights and, for a moment, a third.
constexpr double kLeastDiskGb = 2, kComfortableDiskGb = 20;
// A worker with LibTorch and a small batch on the CPU.
constexpr double kLeastMemoryGb = 1;

std::string gigabytes(double gb) {
  return std::to_string(std::lround(gb)) + " GB";
}

Finding examine_cpus(const CpuList& cpus) {
  std::string text = std::to_string(cpus.usable()) + " processors";
  if (cpus.quota) text += ", limited by a cgroup quota of " + std::to_string(*cpus.quota);
  return {Level::ok, "cpu", text, ""};
}

Finding examine_memory() {
  std::istringstream lines(read_file_if_exists("/proc/meminfo").value_or(""));
  double total_kb = 0, available_kb = 0;
  for (std::string key, rest; lines >> key && std::getline(lines, rest);) {
    if (key == "MemTotal:") total_kb = std::atof(rest.c_str());
    if (key == "MemAvailable:") available_kb = std::atof(rest.c_str());
  }
  if (total_kb == 0) return {Level::note, "memory", "/proc/meminfo does not tell", ""};
  constexpr double kKbPerGb = 1024.0 * 1024;
  const double available = available_kb / kKbPerGb;
  const std::string text =
      gigabytes(available) + " of " + gigabytes(total_kb / kKbPerGb) + " available";
  if (available >= kLeastMemoryGb) return {Level::ok, "memory", text, ""};
  return {Level::problem, "memory", text, "end other programs; a worker needs at least 1 GB"};
}

fs::path nearest_existing(const fs::path& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  while (!fs::exists(path) && path.has_relative_path()) path = path.parent_path();
  return path;
}

void examine_disk(const fs::path& folder, Findings& findings) {
  const fs::path path = nearest_existing(folder);
  struct statvfs space {};
  if (::statvfs(path.c_str(), &space) != 0) {
    findings.push_back({Level::problem, "disk", path.string() + " cannot be asked", ""});
    return;
  }
  const double free_gb =
      static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize) / kGiB;
  const Level level = free_gb < kLeastDiskGb         ? Level::problem
                      : free_gb < kComfortableDiskGb ? Level::note
                                                     : Level::ok;
  findings.push_back({level, "disk", gigabytes(free_gb) + " free in " + path.string(),
                      level == Level::ok ? "" : "make room, or choose another disk with --store"});
  if (db::on_network_file_system(path)) {
    findings.push_back({Level::note, "disk",
                        path.string() + " is on a network file system: the database uses a "
                                        "rollback journal, readers may wait for writers",
                        "a store on a local disk, when there is one"});
  }
}

std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

Finding examine_worker() {
  try {
    const ChildEnd end = run_child(worker_program(), {"--version"}, ChildOutput::captured);
    if (end.succeeded()) return {Level::ok, "worker", one_line(end.output), ""};
    return {Level::problem, "worker",
            worker_program().string() + " --version ended with " + describe(end),
            "run it by hand; build again: ./dev build"};
  } catch (const Error& error) {
    if (error.code() != ExitCode::environment) throw;  // asked to stop
    return {Level::problem, "worker", error.where() + ": " + error.why(), error.hint()};
  }
}

// A folder in the system's place for temporary files, removed with what is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "radsweep-doctor-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw system_error("make", pattern, errno);
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;  // a left-over temporary folder is no finding
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Finding examine_sqlite() {
  try {
    const ScratchFolder folder;
    db::Database database = db::Database::open_for_writing(folder.path() / "sweep.db");
    const auto version =
        std::get<std::string>(db::query(database, "SELECT sqlite_version()").rows.at(0).at(0));
    if (wal_reset_bug_fixed(version)) return {Level::ok, "sqlite", version, ""};
    return {Level::note, "sqlite",
            version +
                " can lose commits when a second program checkpoints a store; radsweep run "
                "writes and checkpoints alone, and reading does no harm",
            "write to a sweep.db with no other program, and copy it with `sqlite3 sweep.db "
            ".backup`"};
  } catch (const Error& error) {
    return {Level::problem, "sqlite", error.why(), error.hint()};
  }
}

}  // namespace

Findings examine_gpus(const GpuInventory& inventory) {
  Findings findings;
  if (inventory.gpus.empty()) {
    const bool has_device = fs::exists("/dev/nvidia0") || fs::exists("/proc/driver/nvidia");
    findings.push_back({has_device ? Level::problem : Level::note, "gpu",
                        "none: " + inventory.why_none,
                        has_device ? "see what nvidia-smi says; in a container, start it with the "
                                     "NVIDIA runtime (--gpus all)"
                                   : "runs train on the processors; see cpu_slots"});
    return findings;
  }
  findings.push_back({Level::ok, "driver", inventory.driver, ""});
  for (const Gpu& gpu : inventory.gpus) {
    const std::string subject = "gpu " + std::to_string(gpu.index);
    std::string text = gpu.name + ", " + gigabytes(gpu.memory_total_mb / 1024) + ", " + gpu.uuid;
    const auto problem = find_problem(gpu);
    if (!problem) {
      findings.push_back({Level::ok, subject, text, ""});
    } else if (problem->kind == GpuProblem::Kind::foreign) {
      findings.push_back({Level::note, subject, text + ": " + problem->reason,
                          "no run starts on it until that process has ended"});
    } else {
      findings.push_back({Level::problem, subject, text + ": " + problem->reason,
                          "leave it out with --gpus until it is repaired"});
    }
  }
  return findings;
}

Findings examine_machine(const Machine& machine, const fs::path& folder) {
  Findings findings{examine_cpus(machine.cpus), examine_memory()};
  examine_disk(folder, findings);
  const Findings gpus = examine_gpus(machine.gpus);
  findings.insert(findings.end(), gpus.begin(), gpus.end());
  findings.push_back(examine_worker());
  findings.push_back(examine_sqlite());
  return findings;
}

}  // namespace radsweep::orchestrator
