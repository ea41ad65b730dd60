// When a sweep that fails systematically starts no new run: waiting for the other ones to fail as
// well would only burn their GPU time.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "db/run.h"

namespace radsweep::orchestrator {

// Without a limit of the user's: so many different runs failed, all in the same way, and none did
// anything else yet. Failures that depend on the configuration (out_of_memory, nan, time_limit)
// say nothing about the other runs and are left out.
inline constexpr int kSameFailures = 5;

class EarlyStop {
 public:
  // `max_failures`: the user's limit of runs that failed for good (--max-failures); it replaces
  // the rule of the same failures.
  explicit EarlyStop(std::optional<int> max_failures) : max_failures_(max_failures) {}

  // An attempt of `run` failed; `given_up`: the run is failed now. Only what this orchestrator saw
  // counts, so that a repeated command is a new try.
  void note_failure(const std::string& run, const db::Failure& failure, bool given_up);
  void note_done() { refuted_ = true; }  // what works once is no systematic failure

  // Why no new run shall be started, in words that further failures do not change; nothing: go on.
  std::optional<std::string> reason() const;

 private:
  std::optional<int> max_failures_;
  std::set<std::string> given_up_;
  std::set<std::string> failed_alike_;
  std::string first_way_;   // class and text without its numbers
  std::string first_text_;  // for people
  bool refuted_ = false;
};

}  // namespace radsweep::orchestrator
