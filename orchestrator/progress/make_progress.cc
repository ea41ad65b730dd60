#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "orchestrator/progress.h"
#include "orchestrator/progress/plain_lines.h"
#include "orchestrator/progress/terminal_painter.h"

namespace radsweep::orchestrator {
namespace {

class Silent : public Progress {
 public:
  void tell(const std::string&) override {}
  bool wants_picture() const override { return false; }
  void show(const SweepView&) override {}
};

bool can_move_its_cursor(int fd) {
  const char* kind = std::getenv("TERM");
  return ::isatty(fd) == 1 && kind && *kind && std::string_view(kind) != "dumb";
}

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");  // no-color.org: set and not empty
  return !no_colour || !*no_colour;
}

double steady_seconds() {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since_start).count();
}

}  // namespace

std::unique_ptr<Progress> make_progress(ProgressStyle style, FirstStatus first) {
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads our progress may leave
  if (style == ProgressStyle::automatic) {
    style = can_move_its_cursor(STDERR_FILENO) ? ProgressStyle::tty : ProgressStyle::plain;
  }
  switch (style) {
    case ProgressStyle::tty:
      return std::make_unique<TerminalPainter>(STDERR_FILENO, wants_colour(),
                                               [] { return terminal_size(STDERR_FILENO); });
    case ProgressStyle::none:
      return std::make_unique<Silent>();
    default:
      return std::make_unique<PlainLines>(STDERR_FILENO, steady_seconds, first);
  }
}

}  // namespace radsweep::orchestrator
