// Live measurements of attempts that still run, and how far their event files were read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/run.h"

namespace radsweep::db {

// Upserts metrics and, when given, the predictions of a new best epoch, and moves the attempt's
// `ingested_bytes` to `ingested_bytes`, all in one transaction: reading an event file again after
// a crash stores nothing twice. Returns false and stores nothing when the attempt is not the
// run's newest (fenced) or has ended.
bool append_live(Database& database, const Fence& fence, const std::vector<MetricRow>& metrics,
                 const std::vector<PredictionRow>& predictions, std::int64_t ingested_bytes);

}  // namespace radsweep::db
