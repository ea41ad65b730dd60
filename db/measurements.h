// Storing metrics and predictions of an attempt: shared by live ingestion and sealed results.
#pragma once

#include <vector>

#include "db/run.h"

namespace radsweep::db {

class Connection;

// Inside the caller's transaction, after the attempt was found to be the run's newest. A value
// that is not a number is left out: it would be NULL to SQL. Throw SQLite::Exception.
void upsert_metrics(Connection& connection, const Fence& fence,
                    const std::vector<MetricRow>& metrics);
// All predictions of the run become these.
void replace_predictions(Connection& connection, const Fence& fence,
                         const std::vector<PredictionRow>& predictions);

}  // namespace radsweep::db
