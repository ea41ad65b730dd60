// Tells about once a second where a training stands.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "worker/train/progress.h"

namespace radsweep::train {

// Driven by the training's steps, so that a beat means progress. One thread.
class Heartbeat {
 public:
  struct Totals {
    long steps = 0;
    int epochs = 0;
  };
  Heartbeat(std::filesystem::path attempt_folder, Totals totals, std::function<double()> memory_mb);

  // Called for every batch. Writes beat.json when the last one is a second old or `phase` is new. A
  // beat that cannot be written (full disk) is left out: it is no reason to end a training.
  void tell(const Progress& progress, const std::string& phase, double loss);

 private:
  std::filesystem::path folder_;
  Totals totals_;
  std::function<double()> memory_mb_;
  long batches_ = 0;
  std::string phase_;
  std::chrono::steady_clock::time_point told_at_;
};

}  // namespace radsweep::train
