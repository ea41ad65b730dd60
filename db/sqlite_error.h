// SQLite's exceptions as our Error: what a caller of db/ sees.
#pragma once

#include <SQLiteCpp/Exception.h>

#include <filesystem>
#include <string>

#include "base/error.h"

namespace radsweep::db {

// `doing` completes "cannot ..."; the hint follows from SQLite's code. A broken constraint or
// wrong SQL is our bug (internal), everything else is the environment's fault.
Error as_error(const SQLite::Exception& exception, const std::string& doing,
               const std::filesystem::path& path);

// Runs `work` and returns what it returns; exceptions of SQLite and of std::filesystem come out as
// Error.
template <class Work>
auto translating_errors(const char* doing, const std::filesystem::path& path, const Work& work) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    throw as_error(exception, doing, path);
  } catch (const std::filesystem::filesystem_error& exception) {
    throw system_error(doing, exception.path1().string(), exception.code().value());
  }
}

}  // namespace radsweep::db
