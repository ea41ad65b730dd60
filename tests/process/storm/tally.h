// What a storm did, for its summary.
#pragma once

#include <iosfwd>
#include <map>
#include <string>

namespace radsweep::test {

class Tally {
 public:
  // One process ended by SIGKILL.
  void killed(const std::string& target, const std::string& how) {
    ++rows_[{"kill -9", target + ", " + how}];
    ++kills_;
  }
  // Anything else.
  void did(const std::string& kind, const std::string& what) { ++rows_[{kind, what}]; }
  // A sweep that came to its end.
  void finished(int runs, int attempts) {
    ++sweeps_;
    runs_ += runs;
    attempts_ += attempts;
  }

  int kills() const { return kills_; }
  void print(std::ostream& out) const;

 private:
  std::map<std::pair<std::string, std::string>, int> rows_;
  int kills_ = 0, sweeps_ = 0, runs_ = 0, attempts_ = 0;
};

}  // namespace radsweep::test
