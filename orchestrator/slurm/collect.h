// Attempt folders that tasks on other nodes filled -> database. The folders are the truth: whatever
// Slurm says, a sealed attempt has ended, and one that lives is left alone.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/settle.h"
#include "orchestrator/slurm/element.h"
#include "orchestrator/slurm/queue_view.h"
#include "orchestrator/slurm/submission.h"

namespace radsweep::orchestrator::slurm {

// One thread; borrows what the record borrows. The caller owns the store's lock.
class Collector {
 public:
  explicit Collector(const Record& record) : record_(record) {}

  // Takes up attempts that the database does not know, stores what running ones tell and settles
  // those that have ended: sealed; told by exit.json; superseded by a newer one; or lost, when
  // Slurm does not run them and they are surely gone (element.h). An element that is over without
  // having made an attempt although its script had begun (a line of `setup` failed, the program is
  // not there) is given one that failed, so that it is counted and told like any failure.
  // Submissions of which Slurm runs nothing any more are closed. Returns a line for people for
  // every attempt that ended. Repeating it changes nothing; after a crash at any instant it goes
  // on. Without `queue` (Slurm gave no answer) nothing is lost.
  std::vector<std::string> collect(const std::optional<QueueView>& queue);

 private:
  struct Run {
    db::Fence fence;  // of its newest attempt
    std::string name, identity;
    db::RunState state = db::RunState::pending;
    std::int64_t ingested_bytes = 0;  // of the open attempt
  };
  std::vector<Run> read_runs();
  void collect_attempts(const std::optional<QueueView>& queue, std::vector<std::string>& told);
  int account_for_unstarted(const QueueView& queue);
  void collect_run(const Run& run, const std::optional<QueueView>& queue);
  enum class Now { runs, ended };
  Now look_at(const Run& run, int newest, const std::optional<QueueView>& queue);
  std::optional<WorkerEnd> end_of(const std::filesystem::path& folder, const Run& run, int newest,
                                  const std::optional<QueueView>& queue);
  bool was_stopped(const std::optional<ElementRecord>& element) const;
  bool account_for(const Submission& submission, int index, const Key& key, const Element* element);

  Record record_;
  std::vector<std::string> lines_;
  std::set<std::pair<std::string, int>> accounted_;  // submission and index
};

}  // namespace radsweep::orchestrator::slurm
