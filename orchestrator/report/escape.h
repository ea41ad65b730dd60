// Foreign text (names, errors, log lines) made harmless for the format it is printed in.
#pragma once

#include <string>
#include <string_view>

namespace radsweep::report {

// For HTML and SVG, in text and in quoted attributes. Control characters other than tab and
// newline, and bytes that are not UTF-8, become U+FFFD: a worker's log may hold anything.
std::string html_text(std::string_view text);
// One CSV field (RFC 4180): quoted when it holds a comma, a quote or a line break.
std::string csv_field(std::string_view text);
// For LaTeX text mode.
std::string latex_text(std::string_view text);
// One cell of a Markdown table: no pipes, line breaks or markup of its own.
std::string markdown_cell(std::string_view text);
// For a terminal: control characters (escape sequences, line breaks) become one space.
std::string one_line(std::string_view text);

// Characters of UTF-8 text as a terminal counts them, all as one column wide.
std::size_t display_width(std::string_view text);
// At most so many of them (1 or more); "…" is the last where something was left out.
std::string abbreviated(const std::string& text, std::size_t most);

}  // namespace radsweep::report
