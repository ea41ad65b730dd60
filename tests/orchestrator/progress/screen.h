// A terminal small enough for a test: text with wrapping, \r \n, cursor up, clear below, colours.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace radsweep::test {

class Screen {
 public:
  explicit Screen(int columns) : columns_(columns), rows_(1) {}

  void feed(const std::string& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == '\x1b') {
        std::size_t end = i + 2;
        while (bytes[end] >= '0' && bytes[end] <= '9') ++end;
        control(bytes[end], bytes.substr(i + 2, end - i - 2));
        i = end;
      } else if (bytes[i] == '\r') {
        column_ = 0;
      } else if (bytes[i] == '\n') {
        down();
      } else {
        put(bytes[i]);
      }
    }
  }

  // Everything ever scrolled past and the screen, without trailing blanks.
  std::vector<std::string> lines() const {
    auto result = rows_;
    while (!result.empty() && result.back().empty()) result.pop_back();
    return result;
  }

 private:
  void control(char what, const std::string& number) {
    if (what == 'A') row_ -= std::min(row_, static_cast<std::size_t>(std::stoi(number)));
    if (what == 'J') {
      rows_.resize(row_ + 1);
      rows_[row_].resize(std::min(rows_[row_].size(), column_));
    }
  }
  void down() {
    if (++row_ == rows_.size()) rows_.emplace_back();
  }
  void put(char c) {
    if (column_ == static_cast<std::size_t>(columns_)) {
      column_ = 0;
      down();
    }
    if (rows_[row_].size() <= column_) rows_[row_].resize(column_ + 1, ' ');
    rows_[row_][column_++] = c;
  }

  int columns_;
  std::vector<std::string> rows_;
  std::size_t row_ = 0, column_ = 0;
};

}  // namespace radsweep::test
