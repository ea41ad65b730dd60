// A strict reader of comma-separated text with quoted fields ("a ""b"" c").
//
// Own code, since the packaged fast-cpp-csv-parser fixes the number of columns in a type and
// gives up at the first bad row; here the label policy names columns at run time and every bad
// row is to be listed. A record is one line: a quote left open ends with its line, so that it
// spoils that row only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace radsweep::data {

struct CsvRecord {
  long line = 0;  // counted from 1
  std::vector<std::string> fields;
  std::string malformed;  // why the line is no record; empty: it is one
};

class CsvReader {
 public:
  // Borrows `text`. A UTF-8 byte order mark is skipped; lines end in LF or CR LF.
  explicit CsvReader(std::string_view text);

  // The next line that is not empty; false at the end. `record` is reused.
  bool next(CsvRecord& record);

 private:
  std::string_view rest_;
  long line_ = 0;
};

}  // namespace radsweep::data
