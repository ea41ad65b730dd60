// An attempt that ended becomes rows: its last events, then done, waiting, failed or pending.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/run_queue.h"
#include "orchestrator/attempt_end.h"
#include "orchestrator/clock.h"
#include "orchestrator/launcher.h"
#include "orchestrator/store.h"
#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {

// Failures of these classes are the machine's, not charged to the run: device, disk.
using ExcusedClasses = std::vector<std::string>;

struct EndedAttempt {
  db::Fence fence;
  AttemptName name;
  std::int64_t ingested_bytes = 0;  // of its events, stored already
  WorkerEnd status;
  Asked asked = Asked::nothing;
  ExcusedClasses excused = {};
};

struct Settled {
  AttemptEnd::Kind kind = AttemptEnd::Kind::lost;
  db::Failure failure;    // when failed, also when that was excused
  bool excused = false;   // the failure was not charged: the run is pending again
  bool given_up = false;  // the run is failed now
  std::string line;       // for people: "480-densenet161-s3 done  AUC 0.8312  4 h 12 min"
};

// The record that attempts are settled in; all borrowed.
struct Record {
  const Store& store;
  db::Database& database;
  db::RunQueue& queue;
  const Clock& clock;
  const RetryRule& retry;
};

// Stores a failure and decides by failure_rules.h what follows.
Settled settle_failure(const Record& record, const db::Fence& fence, const AttemptName& name,
                       const db::Failure& failure, const ExcusedClasses& excused);

// May be repeated after a crash at any instant: every step is one transaction or none. What the
// database refuses as wrong is a failure of class bug, not an exception.
Settled settle_attempt(const Record& record, const EndedAttempt& ended);

}  // namespace radsweep::orchestrator
