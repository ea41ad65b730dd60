// The epochs of a run as its program told them, over all attempts.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "worker/attempt/epoch_record.h"

namespace radsweep::wrap {

class History {
 public:
  // Takes what the attempt in this folder told; attempts in order, the oldest first.
  void take_attempt(const std::filesystem::path& attempt_folder);
  // The reports that follow are of another attempt: its first one tells where it goes on. What is
  // known of later epochs is of a training that was given up; of that epoch itself only what is
  // not reported again stays (a program may come back just to measure its last epoch's test set).
  void begin_attempt() { first_ = true; }
  void add(const attempt::OwnEpoch& report);

  // Reports that led here: grows with the training and falls when it starts over.
  long steps() const;
  int newest_epoch() const { return newest_; }
  std::vector<attempt::OwnEpoch> epochs() const;
  // The epoch with the largest (mode max) or smallest value of `metric`, the first of equals.
  std::optional<int> best_epoch(const std::string& metric, const std::string& mode) const;
  std::vector<std::string> names() const;

 private:
  struct Epoch {
    std::map<std::string, double> values;
    long reports = 0;
  };
  std::map<int, Epoch> epochs_;
  int newest_ = 0;
  bool first_ = true;
};

}  // namespace radsweep::wrap
