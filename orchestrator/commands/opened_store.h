// What every reading verb begins with: the store that is meant and its database, for reading.
#pragma once

#include <cstdint>
#include <string>

#include "db/database.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

struct OpenedStore {
  Store store;
  db::Database database;
};

// `given` as on the command line; "" means the only or newest store. Throws as find_store and
// Database::open_for_reading do.
OpenedStore open_store(const std::string& given);

// Milliseconds of the Unix epoch.
std::int64_t wall_clock_ms();

}  // namespace radsweep::orchestrator
