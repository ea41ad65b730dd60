#include "orchestrator/report/text_table.h"

#include <algorithm>

#include "orchestrator/report/escape.h"

namespace radsweep::report {
namespace {

using Row = std::vector<std::string>;

std::string line_of(const Row& cells, const std::vector<std::size_t>& widths,
                    const std::vector<Align>& align) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - display_width(cells[i]), ' ');
    if (i > 0) line += "  ";
    line += align[i] == Align::right ? padding + cells[i] : cells[i] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string markdown_line(const Row& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

}  // namespace

std::string lay_out(const TextTable& table) {
  std::vector<Row> lines = {table.header};
  lines.insert(lines.end(), table.rows.begin(), table.rows.end());
  std::vector<std::size_t> widths(table.header.size(), 0);
  for (Row& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = one_line(cells[i]);
      widths[i] = std::max(widths[i], display_width(cells[i]));
    }
  }
  Row rule;
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  lines.insert(lines.begin() + 1, rule);
  std::string text;
  for (const Row& cells : lines) text += line_of(cells, widths, table.align);
  return text;
}

std::string lay_out_markdown(const TextTable& table) {
  Row rule;
  for (const Align align : table.align) rule.emplace_back(align == Align::right ? "--:" : ":--");
  std::string text = markdown_line(table.header) + markdown_line(rule);
  for (Row row : table.rows) {
    for (std::string& cell : row) cell = markdown_cell(cell);
    text += markdown_line(row);
  }
  return text;
}

}  // namespace radsweep::report
