#include "orchestrator/sweep/problems.h"

#include <algorithm>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

constexpr std::size_t kShownBytes = 160;  // of a longer source line, so that a terminal copes

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;  // UTF-8
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t') c = ' ';
  }
  return text;
}

}  // namespace

Problems::Problems(std::string file, std::string_view text) : file_(std::move(file)) {
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines_.emplace_back(text.substr(start, end - start));
    if (!lines_.back().empty() && lines_.back().back() == '\r') lines_.back().pop_back();
    start = end + 1;
  }
}

void Problems::add(Place place, std::string what, std::string suggestion) {
  found_.push_back({place, one_line(std::move(what)), one_line(std::move(suggestion))});
}

std::string Problems::shown(const Problem& problem) const {
  const auto line = static_cast<std::size_t>(std::max(problem.place.line, 0));
  const std::string source = line < lines_.size() ? lines_[line] : "";
  const std::size_t column =
      std::min(static_cast<std::size_t>(std::max(problem.place.column, 0)), source.size());

  // Editors count characters, and the mark must stand below its character: tabs stay tabs.
  std::size_t character = 1;
  for (std::size_t i = 0; i < column; ++i) character += continues_character(source[i]) ? 0 : 1;
  std::size_t first = column > kShownBytes / 2 ? column - kShownBytes / 2 : 0;
  while (first > 0 && continues_character(source[first])) --first;
  std::size_t last = std::min(source.size(), first + kShownBytes);
  while (last < source.size() && continues_character(source[last])) ++last;
  std::string padding;
  for (std::size_t i = first; i < column; ++i) {
    if (!continues_character(source[i])) padding += source[i] == '\t' ? '\t' : ' ';
  }

  std::string text = file_ + ":" + std::to_string(line + 1) + ":" + std::to_string(character) +
                     ": " + problem.what + "\n";
  text += "    " + one_line(source.substr(first, last - first)) + "\n";
  text += "    " + padding + "^";
  if (!problem.suggestion.empty()) text += "\n    " + problem.suggestion;
  return text;
}

void Problems::throw_if_any() const {
  if (found_.empty()) return;
  std::vector<Problem> sorted = found_;
  std::ranges::stable_sort(sorted, [](const Problem& a, const Problem& b) {
    return a.place.line != b.place.line ? a.place.line < b.place.line
                                        : a.place.column < b.place.column;
  });
  std::string why = sorted.size() == 1 ? "1 problem" : std::to_string(sorted.size()) + " problems";
  for (const Problem& problem : sorted) why += "\n" + shown(problem);
  throw Error(ExitCode::usage, "use", "the sweep file " + file_, why);
}

std::string to_words(Place place) {
  return "line " + std::to_string(place.line + 1) + ", column " + std::to_string(place.column + 1);
}

}  // namespace radsweep::orchestrator
