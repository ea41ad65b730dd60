// How SQLite runs the queue's statements: what they cost must not grow with the store.
#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <sstream>
#include <string>

#include "db/sql_text.h"
#include "tests/db/queue_fixture.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::db;
using radsweep::test::QueueFixture;

namespace {

// How SQLite would run a statement, a step per line.
std::string plan_of(QueueFixture& f, const char* sql) {
  std::string text;
  SQLite::Statement steps(f.database.connection(), std::string("EXPLAIN QUERY PLAN ") + sql);
  while (steps.executeStep()) text += steps.getColumn(3).getString() + "\n";
  return text;
}

}  // namespace

TEST_CASE("claim_next and wake find their rows through their indexes, without a sort") {
  QueueFixture f;
  CHECK(plan_of(f, sql::claim_next).find("INDEX run_claim") != std::string::npos);
  CHECK(plan_of(f, sql::claim_next).find("TEMP B-TREE") == std::string::npos);
  CHECK(plan_of(f, sql::next_gpus).find("INDEX run_claim") != std::string::npos);
  CHECK(plan_of(f, sql::next_gpus).find("TEMP B-TREE") == std::string::npos);
  CHECK(plan_of(f, sql::wake_runs).find("INDEX run_wake") != std::string::npos);
  CHECK(plan_of(f, sql::any_due).find("INDEX run_wake") != std::string::npos);
}

// A partial index holds few rows: reading all of it is fine, reading all of the table is not.
TEST_CASE("no statement about one run reads all runs or all attempts") {
  QueueFixture f;
  for (const char* sql : {sql::claim_next,     sql::next_gpus,
                          sql::open_attempt,   sql::hold_gpus,
                          sql::record_process, sql::advance_ingest,
                          sql::upsert_metric,  sql::finish_run,
                          sql::close_attempt,  sql::add_result,
                          sql::add_prediction, sql::record_event,
                          sql::fail_run,       sql::close_failed_attempt,
                          sql::release_run,    sql::stop_run,
                          sql::wake_runs,      sql::cancel_run,
                          sql::retry_run,      sql::upsert_gpu,
                          sql::open_attempts,  sql::take_up_run,
                          sql::any_due}) {
    std::istringstream steps(plan_of(f, sql));
    for (std::string step; std::getline(steps, step);) {
      const bool whole = step.rfind("SCAN run", 0) == 0 || step.rfind("SCAN attempt", 0) == 0;
      const bool few = step.find("INDEX run_claim") != std::string::npos ||
                       step.find("INDEX run_wake") != std::string::npos ||
                       step.find("INDEX attempt_open") != std::string::npos;
      CHECK_MESSAGE((!whole || few), step << " in " << sql);
    }
  }
}

TEST_CASE("the open attempts are read once for all GPUs, not again for each") {
  QueueFixture f;
  CHECK(plan_of(f, sql::hold_gpus).find("CORRELATED") == std::string::npos);
}
