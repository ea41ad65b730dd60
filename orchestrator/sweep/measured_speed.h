// Seconds of runs to come, from runs that finished: never guessed without one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace radsweep::orchestrator {

struct MeasuredRun {
  int resolution = 0;
  std::string architecture;
  double cost = 0;     // expected multiply-adds, as NewRun::cost
  double seconds = 0;  // training wall time
  int gpus = 1;        // that trained it together
};

class MeasuredSpeed {
 public:
  explicit MeasuredSpeed(const std::vector<MeasuredRun>& runs);

  // Predicted seconds for a run of this cost: seconds per multiply-add of the finished runs with
  // the same resolution, architecture and number of GPUs; without one those of other numbers, as if
  // k GPUs were k times as fast; without one of all finished runs (small networks use a GPU worse
  // than large ones, so that is rough). nullopt when nothing was measured.
  std::optional<double> seconds(int resolution, const std::string& architecture, double cost,
                                int gpus = 1) const;
  int runs() const { return total_.runs; }

 private:
  struct Sum {
    double cost = 0, seconds = 0;  // seconds of all GPUs
    int runs = 0;
  };
  std::map<std::tuple<int, std::string, int>, Sum> cells_;  // the last: GPUs, 0 for any
  Sum total_;
};

}  // namespace radsweep::orchestrator
