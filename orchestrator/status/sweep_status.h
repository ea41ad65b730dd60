// Where a sweep stands for somebody who only reads: database, beat files and locks of its store.
// The same with and without an orchestrator at work; changes nothing and waits for nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/outlook.h"
#include "db/pruned.h"
#include "orchestrator/progress.h"
#include "orchestrator/store.h"
#include "orchestrator/store_lock.h"

namespace radsweep::orchestrator {

// An attempt that has not ended in the database.
struct LiveRun {
  std::string run, state, slot;  // state: running | stopping; slot: for people
  int attempt = 0;
  int gpus = 1;                 // slots that it holds
  std::int64_t started_ms = 0;  // Unix epoch
  bool process_lives = false;   // somebody holds its alive.lock
  std::optional<attempt::Beat> beat;
  std::optional<double> best;  // of the epochs so far: AUC of 0..1, or the objective
};

struct FailedRun {
  std::string run;
  int attempts = 0;
  std::string error_class, error;  // of the newest attempt
};

// A run whose next attempt has to wait.
struct WaitingRun {
  std::string run;
  std::int64_t not_before_ms = 0;  // Unix epoch
  std::string error_class, error;  // of the newest attempt
};

struct SweepStatus {
  SweepView view;
  StoreOwner owner;  // the orchestrator at work, if any
  std::vector<LiveRun> live;
  std::vector<FailedRun> failed;
  std::vector<WaitingRun> waiting;
  std::vector<db::PrunedRun> pruned;     // stopped for doing worse than others
  db::Outlook outlook;                   // of the newest orchestrator: why nothing new is started
  std::optional<std::string> hindrance;  // why the one at work cannot write this down
  std::string in_slurm = {};             // what Slurm has of it, for people; filled by the caller
};

// Throws Error when the database cannot be read.
SweepStatus read_status(const Store& store, db::Database& database);

// What the picture does not say, one thing a line: nobody at work, why nothing new is started,
// slots out of use, lost processes, waiting, failed and pruned runs.
std::vector<std::string> status_notes(const SweepStatus& status);

// One JSON object, ended by '\n'.
std::string status_as_json(const SweepStatus& status, const Store& store);

}  // namespace radsweep::orchestrator
