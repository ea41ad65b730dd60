// submissions/<uuid>/: what one job array was given, and what Slurm made of it. Written by the
// store's owner, read by the tasks on the nodes.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store.h"
#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator::slurm {

inline constexpr const char* kElementLogs = "slurm-%a.log";  // %a: the index

// One element of the array: what it trains.
struct Key {
  std::string identity, run;
};

// Where its runs compute.
struct Shape {
  int gpus = 0;   // of one run; 0: the processors
  int ranks = 1;  // processes that train one run together
};

class Submission {
 public:
  explicit Submission(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // A new one of these runs, in this order, its batch script still to be written. `attempts`: the
  // lowest attempt number that each may take.
  static Submission create(const Store& store, const Shape& shape,
                           const std::vector<const PlannedRun*>& runs,
                           const std::vector<std::string>& names, const std::vector<int>& attempts);

  std::string uuid() const { return folder_.filename().string(); }
  const std::filesystem::path& folder() const { return folder_; }
  Store store() const { return Store(folder_.parent_path().parent_path()); }
  std::filesystem::path script() const { return folder_ / "batch.sh"; }
  std::filesystem::path log(int index) const;

  // Line i is element i. Throws Error(environment) when it cannot be read.
  std::vector<Key> keys() const;
  Shape shape() const;
  // With the lowest attempt number it may take. Throws Error when there is no such element.
  attempt::Spec spec(int index) const;

  // Slurm took it as this job.
  void write_job(const std::string& job, std::int64_t now_ms) const;
  bool has_job() const;

  // Its elements, or one of them, shall start nothing any more, and not come back into the queue.
  void stop() const;
  void stop(int index) const;
  bool is_stopped(int index) const;
  bool is_stopped() const;

  // No element is in Slurm any more and all they left is taken in: not looked at again.
  void close() const;
  bool is_closed() const;

 private:
  std::filesystem::path folder_;
};

// Of a store, also those that are closed; no order.
std::vector<Submission> submissions_of(const Store& store);
std::vector<Submission> open_submissions_of(const Store& store);

// A name that nobody else has.
std::string new_uuid();

}  // namespace radsweep::orchestrator::slurm
