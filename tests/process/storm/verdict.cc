#include "tests/process/storm/verdict.h"

#include <algorithm>

namespace radsweep::test {
namespace {

// Each finds nothing in a sound store.
struct Question {
  const char* flaw;
  const char* sql;
};

constexpr Question kQuestions[] = {
    {"a run is not done", "SELECT run_id || ' is ' || state FROM runs WHERE state <> 'done'"},
    {"a run has not exactly one result",
     "SELECT name FROM run WHERE (SELECT count(*) FROM result WHERE run_id = run.id) <> 1"},
    {"a run has not exactly one attempt that is done",
     "SELECT name FROM run WHERE (SELECT count(*) FROM attempt WHERE run_id = run.id AND "
     "outcome = 'done') <> 1"},
    {"an attempt is still open",
     "SELECT run_id || '/' || attempt FROM attempt WHERE ended_ms IS NULL"},
    {"attempts are missing or doubled",
     "SELECT name FROM run WHERE attempt <> (SELECT count(*) FROM attempt WHERE run_id = run.id)"},
    {"the result is not of the attempt that is done",
     "SELECT result.run_id FROM result JOIN attempt USING (run_id, attempt) WHERE outcome <> "
     "'done'"},
    {"a metric is of another attempt than the result",
     "SELECT metric.run_id FROM metric JOIN result USING (run_id) WHERE metric.attempt <> "
     "result.attempt"},
    {"a GPU is held", "SELECT uuid FROM gpu WHERE state = 'held'"},
    {"the database is damaged", "PRAGMA integrity_check"},
    {"a row refers to nothing", "PRAGMA foreign_key_check"},
};

std::string first_difference(const std::vector<std::string>& got,
                             const std::vector<std::string>& expected) {
  const auto [one, other] = std::mismatch(got.begin(), got.end(), expected.begin(), expected.end());
  return "got      " + (one == got.end() ? "nothing" : *one) + "\nexpected " +
         (other == expected.end() ? "nothing" : *other);
}

}  // namespace

std::vector<std::string> flaws_of(Sandbox& sandbox, const std::vector<std::string>& numbers) {
  std::vector<std::string> flaws;
  if (!eventually([&] { return sandbox.processes().empty(); }, 2)) {
    for (int pid : sandbox.processes()) {
      flaws.push_back("process " + std::to_string(pid) + " lives on");
    }
  }
  for (const Question& question : kQuestions) {
    for (const std::string& answer : sandbox.ask(question.sql)) {
      if (answer != "ok") flaws.push_back(std::string(question.flaw) + ": " + answer);
    }
  }
  const std::vector<std::string> got = sandbox.numbers();
  if (got != numbers) flaws.push_back("other numbers:\n" + first_difference(got, numbers));
  Radsweep doctor = sandbox.command({"doctor", "tiny"});
  if (doctor.wait() != 0) flaws.push_back("doctor finds:\n" + doctor.output() + doctor.errors());
  return flaws;
}

}  // namespace radsweep::test
