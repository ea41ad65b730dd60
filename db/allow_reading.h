// What SQL of users may do.
#pragma once

namespace radsweep::db {

// Whether the step of a statement that SQLite asks about (sqlite3_set_authorizer: an action and its
// first two details) only reads.
bool allow_reading(int action, const char* name, const char* argument);

}  // namespace radsweep::db
