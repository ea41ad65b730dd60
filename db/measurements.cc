#include "db/measurements.h"

#include <cmath>

#include "db/sql_text.h"
#include "db/statement.h"

namespace radsweep::db {

void upsert_metrics(Connection& connection, const Fence& fence,
                    const std::vector<MetricRow>& metrics) {
  Statement upsert(connection, sql::upsert_metric);
  for (const MetricRow& metric : metrics) {
    if (std::isnan(metric.value)) continue;
    upsert.execute_again(fence.run_id, metric.epoch, metric.name, metric.value, fence.attempt);
  }
}

void replace_predictions(Connection& connection, const Fence& fence,
                         const std::vector<PredictionRow>& predictions) {
  execute(connection, "DELETE FROM prediction WHERE run_id = ?1", fence.run_id);
  Statement add(connection, sql::add_prediction);
  for (const PredictionRow& row : predictions)
    add.execute_again(fence.run_id, row.study, row.label, row.logit, row.probability,
                      fence.attempt);
}

}  // namespace radsweep::db
