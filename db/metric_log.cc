#include "db/metric_log.h"

#include "db/measurements.h"
#include "db/sql_text.h"
#include "db/statement.h"

namespace radsweep::db {

bool append_live(Database& database, const Fence& fence, const std::vector<MetricRow>& metrics,
                 const std::vector<PredictionRow>& predictions, std::int64_t ingested_bytes) {
  bool stored = false;
  database.transaction([&] {
    Connection& connection = database.connection();
    stored =
        execute(connection, sql::advance_ingest, fence.run_id, fence.attempt, ingested_bytes) == 1;
    if (!stored) return;
    upsert_metrics(connection, fence, metrics);
    if (!predictions.empty()) replace_predictions(connection, fence, predictions);
  });
  return stored;
}

}  // namespace radsweep::db
