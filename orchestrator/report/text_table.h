// Columns of text lined up for a terminal, or for Markdown.
#pragma once

#include <string>
#include <vector>

namespace radsweep::report {

enum class Align { left, right };

struct TextTable {
  std::vector<std::string> header;
  std::vector<Align> align;  // one per column
  std::vector<std::vector<std::string>> rows;
};

// Header, a rule and the rows, two spaces between columns, no trailing spaces, each line ended
// by '\n'. Control characters in cells become spaces.
std::string lay_out(const TextTable& table);
// The same as a table of Markdown.
std::string lay_out_markdown(const TextTable& table);

}  // namespace radsweep::report
