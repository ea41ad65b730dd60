// How far a long work is, on stderr: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace radsweep::commands {

enum class ProgressStyle { automatic, quiet };

// One thread at a time. The bar's line is ended when the work changes or the object goes.
class ProgressLine {
 public:
  explicit ProgressLine(ProgressStyle style);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& doing, std::size_t done, std::size_t total);

 private:
  using Clock = std::chrono::steady_clock;
  void begin(const std::string& doing, std::size_t done);
  void end_line();
  void draw(std::size_t done, std::size_t total, Clock::time_point now);

  bool quiet_, terminal_, line_open_ = false;
  std::string doing_;
  std::size_t first_done_ = 0;
  Clock::time_point began_, shown_;
};

}  // namespace radsweep::commands
