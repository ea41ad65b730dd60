// Pruner over the database: what the runs of the sweep told, also before this orchestrator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/database.h"
#include "orchestrator/prune.h"

namespace radsweep::orchestrator {

struct PruneOptions {
  PruneRule rule;
  std::string metric = "valid_auc";  // what runs are judged by
  Pruner::Mode mode = Pruner::Mode::max;
};

class PruneWatch {
 public:
  // Reads what all current runs told until now, which is not judged again: it was in the
  // transaction that stored it, but for the last words of an attempt, which are stored when it has
  // ended. All throw Error when the database cannot be read.
  PruneWatch(db::Database& database, const PruneOptions& options);

  // The run told something, or its end changed what it told.
  void note(std::int64_t run_id);
  // Notes it, and says, once, why the run shall be stopped; nothing: it goes on. `epochs`: how many
  // it has in all, when that is known: after the last one nothing is left to save. Who was pruned
  // once and is back was wanted back, so it is never stopped again.
  std::optional<std::string> verdict(std::int64_t run_id, std::optional<int> epochs);

 private:
  db::Database& database_;
  std::string metric_;
  Pruner pruner_;
};

}  // namespace radsweep::orchestrator
