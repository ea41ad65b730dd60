#include "orchestrator/commands/opened_store.h"

#include <chrono>
#include <optional>

namespace radsweep::orchestrator {

OpenedStore open_store(const std::string& given) {
  Store store = find_store(given.empty() ? std::nullopt : std::optional(given));
  db::Database database = db::Database::open_for_reading(store.database());
  return {std::move(store), std::move(database)};
}

std::int64_t wall_clock_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace radsweep::orchestrator
