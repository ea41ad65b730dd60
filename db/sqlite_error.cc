#include "db/sqlite_error.h"

#include <sqlite3.h>

#include "db/backup.h"

namespace radsweep::db {

namespace {

ExitCode code_of(int sqlite_code) {
  switch (sqlite_code) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case -1:  // SQLiteCpp's own: wrong use of it
      return ExitCode::internal;
    default:
      return ExitCode::environment;
  }
}

std::string hint_for(int sqlite_code, const std::string& path) {
  switch (sqlite_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds a lock on it: find it with 'fuser -v " + path + "' and end it";
    case SQLITE_FULL:
      return "free disk space, then run the same command again; what was committed is safe";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return how_to_restore(path);
    case SQLITE_IOERR:
      return "check the disk and its mount, then run the same command again";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return "check that the folder exists and that you may write to it and to the files in it";
    default:
      return {};
  }
}

}  // namespace

Error as_error(const SQLite::Exception& exception, const std::string& doing,
               const std::filesystem::path& path) {
  const int code = exception.getErrorCode();
  const int primary = code < 0 ? code : code & 0xFF;  // extended codes keep it in the low byte
  return Error(code_of(primary), doing, path.string(), exception.what(),
               hint_for(primary, path.string()));
}

}  // namespace radsweep::db
