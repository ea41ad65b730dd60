#include "worker/data/csv_reader.h"

#include <algorithm>

namespace radsweep::data {
namespace {

// Reads a quoted field whose opening quote is at `at`; leaves `at` behind the closing quote.
// Returns false when there is none.
bool read_quoted(std::string_view line, std::size_t& at, std::string& field) {
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      field += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      field += line[++at];
    } else {
      ++at;
      return true;
    }
  }
  return false;
}

const char* split(std::string_view line, std::vector<std::string>& fields) {
  std::size_t used = 0;
  for (std::size_t at = 0;; ++at) {
    if (used == fields.size()) fields.emplace_back();
    std::string& field = fields[used++];
    field.clear();
    if (at < line.size() && line[at] == '"') {
      if (!read_quoted(line, at, field)) return "a quoted field does not end on its line";
      if (at < line.size() && line[at] != ',') return "text follows a closing quote";
    } else {
      const std::size_t end = std::min(line.find(',', at), line.size());
      field = line.substr(at, end - at);
      if (field.find('"') != std::string::npos) return "a quote inside an unquoted field";
      at = end;
    }
    if (at == line.size()) break;
  }
  fields.resize(used);
  return nullptr;
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

bool CsvReader::next(CsvRecord& record) {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    record.line = line_;
    record.malformed.clear();
    if (line.find('\0') != std::string_view::npos) {
      record.malformed = "it holds a zero byte (not a text file, or not UTF-8)";
    } else if (const char* why = split(line, record.fields)) {
      record.malformed = why;
    }
    return true;
  }
  return false;
}

}  // namespace radsweep::data
