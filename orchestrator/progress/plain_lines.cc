#include "orchestrator/progress/plain_lines.h"

#include <utility>

#include "orchestrator/progress/sweep_text.h"

namespace radsweep::orchestrator {

PlainLines::PlainLines(int fd, Seconds now, FirstStatus first)
    : output_(fd),
      now_(std::move(now)),
      last_status_s_(first == FirstStatus::at_once ? now_() - kStatusEveryS : now_()) {}

void PlainLines::tell(const std::string& line) {
  output_.write(line + "\n");
}

bool PlainLines::wants_picture() const {
  return now_() - last_status_s_ >= kStatusEveryS;
}

void PlainLines::show(const SweepView& view) {
  if (!wants_picture()) return;
  last_status_s_ = now_();
  std::string status = status_line(view);
  if (status == last_status_) return;
  last_status_ = std::move(status);
  output_.write(last_status_ + "\n");
}

}  // namespace radsweep::orchestrator
