// How a fake worker behaves, told in the environment variable RADSWEEP_FAKE: clauses separated by
// ';', each of words, optionally for the runs whose name starts with a prefix only:
//   "steps=4 step_ms=5; 32-tiny-s2: signal=9 at=3 until=1"
// Later clauses override earlier ones.
#pragma once

#include <cstdlib>
#include <sstream>
#include <string>

namespace radsweep::test {

inline constexpr const char* kFakeVariable = "RADSWEEP_FAKE";

struct FakeBehaviour {
  int steps = 2;    // per epoch
  int step_ms = 1;  // of one step
  // What goes wrong, at which step, in attempts up to which.
  int at = 1;
  int until = 1'000'000;
  int signal = 0;                 // dies by it
  int exit_code = -1;             // exits with it and no result
  std::string fail;               // seals a failure of this class and exits with 70
  std::string wait_for;           // waits for this file before it goes on
  std::string prepare_waits_for;  // so does `data prepare`, telling its process in FILE.pid
  bool ignore_term = false;
  bool nan = false;            // seals an AUC that is not a number
  bool wrong_attempt = false;  // seals a result that names another attempt
  bool twice = false;          // seals two predictions for one study
  bool orphan = false;         // leaves a grandchild in a session of its own
  bool linger = false;         // seals its result, then waits for `wait_for` before it exits
};

inline void apply_word(FakeBehaviour& fake, const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string key = word.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
  const auto number = [&value] { return std::atoi(value.c_str()); };
  if (key == "steps") fake.steps = number();
  if (key == "step_ms") fake.step_ms = number();
  if (key == "at") fake.at = number();
  if (key == "until") fake.until = number();
  if (key == "signal") fake.signal = number();
  if (key == "exit") fake.exit_code = number();
  if (key == "fail") fake.fail = value;
  if (key == "wait_for") fake.wait_for = value;
  if (key == "prepare_waits_for") fake.prepare_waits_for = value;
  if (key == "ignore_term") fake.ignore_term = true;
  if (key == "nan") fake.nan = true;
  if (key == "wrong_attempt") fake.wrong_attempt = true;
  if (key == "twice") fake.twice = true;
  if (key == "orphan") fake.orphan = true;
  if (key == "linger") fake.linger = true;
}

inline FakeBehaviour fake_behaviour(const std::string& run) {
  FakeBehaviour fake;
  const char* text = std::getenv(kFakeVariable);
  std::istringstream clauses(text ? text : "");
  for (std::string clause; std::getline(clauses, clause, ';');) {
    std::istringstream words(clause);
    bool applies = true;
    for (std::string word; words >> word;) {
      if (word.back() == ':') {
        word.pop_back();
        applies = run.rfind(word, 0) == 0;
      } else if (applies) {
        apply_word(fake, word);
      }
    }
  }
  return fake;
}

}  // namespace radsweep::test
