// Playing the other programs that use a database, and reading what ours says about them.
#pragma once

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <string>

#include "base/error.h"
#include "tests/db/queue_fixture.h"

namespace radsweep::test {

// Calls `open` and returns what it said; the code must be that of the environment.
template <class Open>
std::string refusal(const Open& open) {
  try {
    open();
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::environment);
    return error.what();
  }
  return "opened";
}

inline bool says(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

// Another program with the same file.
inline SQLite::Database other_program(const std::filesystem::path& path) {
  return SQLite::Database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
}

inline void add_run(db::Database& database, const std::string& name) {
  db::RunQueue(database, [] { return 1; }).set_runs(sweep_row(), {new_run(name)});
}

inline std::string names_in(db::Database& database) {
  return QueueFixture::value_in(database, "SELECT group_concat(run_id) FROM runs");
}

}  // namespace radsweep::test
