// Everything the report tells about a sweep, read once from its database into plain rows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "orchestrator/report/delong.h"
#include "orchestrator/report/results_table.h"
#include "orchestrator/report/study_scores.h"

namespace radsweep::report {

// A row of the view `runs`. AUCs are 0..1.
struct RunRow {
  std::string name;
  int resolution = 0;  // px
  std::string architecture, variant;
  std::int64_t seed = 0;
  std::string state;  // as in the database, or pruned
  int attempts = 0;
  std::optional<double> best_auc;
  std::optional<int> best_epoch;  // from 0
  // 95 % of the AUC over studies, of the stored predictions: nothing without them or both classes.
  std::optional<Interval> delong, bootstrap;
  std::optional<int> best_loss_epoch;      // from 0; of the lowest validation loss
  std::optional<double> auc_at_best_loss;  // of that epoch
  std::optional<double> train_seconds, images_per_second, peak_memory_mb;
  std::string device, error_class, error;  // "" when there is none
};

// A row of the view `epochs`.
struct EpochRow {
  std::string run;
  int epoch = 0;      // from 0
  std::string phase;  // frozen | full
  std::optional<double> train_loss, valid_loss, valid_auc, lr_body, lr_head;
};

// One fact of the provenance with every value it takes and how many runs have it.
struct Fact {
  std::string name;
  std::map<std::string, int> values;
};

// An attempt that failed, newest first.
struct FailedAttempt {
  std::string run;
  int attempt = 0;
  std::string error_class, error, log_tail;
};

struct ValidationSet {
  int studies = 0, positives = 0;
};

struct SweepRecord {
  std::string name;
  std::string file_text;         // the sweep file
  std::vector<RunRow> runs;      // of the current grid, by architecture, variant, resolution, seed
  std::vector<EpochRow> epochs;  // by run and epoch
  std::vector<Cell> cells;
  std::map<std::string, StudyScores> scores;  // by run, of the done runs
  std::vector<FailedAttempt> failures;  // of the current runs, also of runs that succeeded later
  std::vector<Fact> facts;   // code, versions, devices, data; only what done runs recorded
  std::vector<Fact> config;  // resolved configurations of all runs, flattened to dotted names
  std::optional<ValidationSet> validation;  // when all done runs agree
};

// Each table is read in a query of its own: while a sweep runs, a run may be done in one and not
// yet in another. Throws Error when the database cannot be read.
SweepRecord read_sweep(db::Database& database);

}  // namespace radsweep::report
