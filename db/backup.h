// Copies of a database that is in use, and the way back from one.
#pragma once

#include <filesystem>
#include <string>

namespace SQLite {
class Database;
}

namespace radsweep::db {

// Where the automatic backup of the database `path` lies: "<path>.backup".
std::filesystem::path backup_of(const std::filesystem::path& path);

// A consistent copy of the database, complete on the disk when this returns. Replaces `copy`
// atomically; one that fails leaves nothing of its own. Throws SQLite::Exception or Error.
void back_up(SQLite::Database& connection, const std::filesystem::path& copy);

// Removes what a crash in back_up() left of the backup of `path`: it may fill the disk.
void forget_unfinished_backup(const std::filesystem::path& path);

// For people whose database is damaged: the shell command that keeps what is there and puts the
// backup in its place, or, without a backup, how to save what can be read.
std::string how_to_restore(const std::filesystem::path& path);

}  // namespace radsweep::db
