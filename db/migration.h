// Brings a database to the newest version, step by step, without losing anything.
#pragma once

#include <filesystem>
#include <span>

namespace SQLite {
class Database;
}

namespace radsweep::db {

// The SQL that leads from version - 1 to `version`. Version 1 is the whole first schema.
struct Migration {
  int version;
  const char* sql;
};

// All steps of this program, versions 1, 2, ... without a gap.
std::span<const Migration> migrations();

// What the file's header says. Throws Error(environment) when it is not one of our databases (an
// empty one counts as ours) or newer than `newest`. Returns its version, 0 when empty.
int checked_version(SQLite::Database& connection, const std::filesystem::path& path, int newest);

// Runs the steps that are missing, each in one transaction together with its version number, so
// a crash leaves the last complete version. Before the first step of an existing database a
// copy is made as "<path>.backup-v<version>". Foreign keys are off during a step (tables may be
// rebuilt) and checked before its commit. Throws SQLite::Exception or Error; the failing step is
// rolled back. The caller checked the version.
void migrate(SQLite::Database& connection, const std::filesystem::path& path,
             std::span<const Migration> steps);

}  // namespace radsweep::db
