#include "orchestrator/progress/terminal_painter.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <utility>

#include "orchestrator/progress/styled_line.h"

namespace radsweep::orchestrator {
namespace {

// Columns of a painted line: what is left without its colours (ESC [ ... m).
int visible_width(const std::string& line) {
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b') {
      i = std::min(line.find('m', i), line.size());
    } else {
      plain += line[i];
    }
  }
  return display_width(plain);
}

}  // namespace

TerminalSize terminal_size(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

TerminalPainter::TerminalPainter(int fd, bool colour, std::function<TerminalSize()> size)
    : output_(fd), colour_(colour), size_(std::move(size)) {}

// Moves to the first row of the picture and clears everything below. A terminal that became
// narrower has wrapped its lines, so each may take several rows by now.
std::string TerminalPainter::to_top() const {
  const TerminalSize now = size_();
  int rows = 0;
  for (const std::string& line : painted_) {
    rows += std::max(1, (visible_width(line) + now.columns - 1) / now.columns);
  }
  rows = std::min(rows, now.rows - 1);
  return (rows > 0 ? "\x1b[" + std::to_string(rows) + "A" : "") + "\r\x1b[J";
}

std::string TerminalPainter::paint() const {
  std::string text;
  for (const std::string& line : painted_) text += line + "\r\n";
  return text;
}

void TerminalPainter::tell(const std::string& line) {
  output_.write(to_top() + line + "\r\n" + paint());
}

void TerminalPainter::show(const SweepView& view) {
  if (output_.behind()) return;
  const TerminalSize now = size_();
  // The last column stays empty: terminals differ in when they wrap there.
  auto lines = render_view(view, now.columns - 1, colour_);
  const auto room = static_cast<std::size_t>(std::max(1, now.rows - 1));
  if (lines.size() > room) {
    const std::size_t hidden = lines.size() - room + 1;
    lines.resize(room - 1);
    StyledLine more(now.columns - 1, colour_);
    lines.push_back(more.add("... " + std::to_string(hidden) + " more lines", Colour::dim).text());
  }
  if (lines == painted_ && now == painted_size_) return;
  std::string text = to_top();
  painted_ = std::move(lines);
  painted_size_ = now;
  output_.write(text + paint());
}

}  // namespace radsweep::orchestrator
