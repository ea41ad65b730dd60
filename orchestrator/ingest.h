// Attempt folders -> database. Everything here may be repeated after a crash at any instant
// without storing anything twice.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "db/database.h"
#include "db/run_queue.h"
#include "worker/attempt/result.h"

namespace radsweep::orchestrator {

struct IngestedEvents {
  std::int64_t bytes = 0;          // of events.jsonl, read and stored
  std::optional<double> best_auc;  // of the newest best epoch among them
};

// Whether `folder`'s events.jsonl is longer than that.
bool has_news(const std::filesystem::path& folder, std::int64_t offset);

// Stores the epochs that `folder`'s events.jsonl tells from byte `offset` on. Lines that are
// damaged or that the record cannot take are passed over and logged as an event. Stores nothing for
// a superseded attempt.
IngestedEvents ingest_events(db::Database& database, db::RunQueue& queue, const db::Fence& fence,
                             const std::filesystem::path& folder, std::int64_t offset);

// Stores a sealed result: the run is done. `weights_folder` is the attempt's folder relative to
// the store. False when the attempt was superseded.
bool ingest_result(db::RunQueue& queue, const db::Fence& fence,
                   const std::filesystem::path& weights_folder, const attempt::Result& result);

}  // namespace radsweep::orchestrator
