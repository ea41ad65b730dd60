#include "worker/commands/progress_line.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace radsweep::commands {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// "1:05" or "2:03:09"
std::string clock_text(long total_s) {
  char text[32];
  if (total_s < 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld", total_s / 60, total_s % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", total_s / 3600, total_s / 60 % 60,
                  total_s % 60);
  }
  return text;
}

std::string bar(std::size_t done, std::size_t total) {
  constexpr std::size_t kWidth = 24;
  const std::size_t filled = total == 0 ? kWidth : done * kWidth / total;
  return "[" + std::string(filled, '#') + std::string(kWidth - filled, '.') + "] ";
}

}  // namespace

ProgressLine::ProgressLine(ProgressStyle style)
    : quiet_(style == ProgressStyle::quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  end_line();
}

void ProgressLine::end_line() {
  if (line_open_) std::fputc('\n', stderr);
  line_open_ = false;
}

void ProgressLine::begin(const std::string& doing, std::size_t done) {
  end_line();
  doing_ = doing;
  first_done_ = done;
  began_ = Clock::now();
  shown_ = {};
}

void ProgressLine::draw(std::size_t done, std::size_t total, Clock::time_point now) {
  const double elapsed_s = std::chrono::duration<double>(now - began_).count();
  const std::size_t fresh = done - first_done_;
  std::string text = doing_ + " " + std::to_string(done) + "/" + std::to_string(total);
  if (fresh > 0 && elapsed_s > 0) {
    const double per_s = static_cast<double>(fresh) / elapsed_s;
    char rate[48];
    std::snprintf(rate, sizeof rate, "  %.0f/s", per_s);
    text += rate;
    if (done < total) {
      text +=
          "  " + clock_text(static_cast<long>(static_cast<double>(total - done) / per_s)) + " left";
    } else {
      text += "  in " + clock_text(static_cast<long>(elapsed_s));
    }
  }
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%s%s", bar(done, total).c_str(), text.c_str());
    line_open_ = true;
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  std::fflush(stderr);
}

void ProgressLine::show(const std::string& doing, std::size_t done, std::size_t total) {
  if (quiet_ || total == 0) return;
  if (doing != doing_) begin(doing, done);
  const auto now = Clock::now();
  const auto pause = terminal_ ? milliseconds(100) : milliseconds(seconds(10));
  // a log needs no line for the very beginning
  if (done < total && (terminal_ ? now - shown_ < pause : now - std::max(shown_, began_) < pause)) {
    return;
  }
  shown_ = now;
  draw(done, total, now);
}

}  // namespace radsweep::commands
