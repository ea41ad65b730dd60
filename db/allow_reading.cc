#include "db/allow_reading.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace radsweep::db {
namespace {

// PRAGMAs that describe the database. Others set something when they are given an argument, or
// do something without one (wal_checkpoint, optimize).
constexpr std::array<std::string_view, 13> kDescribing = {
    "table_info",      "table_xinfo",     "table_list",       "index_list",        "index_info",
    "index_xinfo",     "database_list",   "foreign_key_list", "foreign_key_check", "quick_check",
    "integrity_check", "compile_options", "function_list"};

}  // namespace

bool allow_reading(int action, const char* name, const char* argument) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
      return true;
    case SQLITE_UPDATE:  // how SQLite declares json_each() and its like; a real one is not readonly
      return std::string_view(name) == "sqlite_master";
    case SQLITE_PRAGMA: {
      const std::string_view pragma = name;
      const bool asks =
          argument == nullptr &&
          (pragma == "user_version" || pragma == "application_id" || pragma == "journal_mode");
      const bool describes =
          std::find(kDescribing.begin(), kDescribing.end(), pragma) != kDescribing.end();
      return asks || describes;
    }
    default:
      return false;
  }
}

}  // namespace radsweep::db
