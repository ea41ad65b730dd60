#include "orchestrator/gpus_column.h"

#include "db/query.h"

namespace radsweep::orchestrator {
namespace {

constexpr std::int64_t kFirstVersion = 5;

}  // namespace

std::string gpus_of(db::Database& database, const std::string& run) {
  const db::Table version = db::query(database, "PRAGMA user_version");
  return std::get<std::int64_t>(version.rows.at(0).at(0)) < kFirstVersion ? "1" : run + ".gpus";
}

}  // namespace radsweep::orchestrator
