// Everything wrong with one file, collected so that it is reported at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace radsweep::orchestrator {

// Where something stands in the file: counted from 0, columns in bytes (as yaml-cpp does).
struct Place {
  int line = 0;
  int column = 0;
};

class Problems {
 public:
  // `file` is the name to print; `text` the whole file, kept as lines.
  Problems(std::string file, std::string_view text);

  // `what` is wrong there, in one line; `suggestion` is printed below the mark.
  void add(Place place, std::string what, std::string suggestion = {});
  bool empty() const { return found_.empty(); }

  // Throws Error(usage) naming every problem in file order, when there is one.
  void throw_if_any() const;

 private:
  struct Problem {
    Place place;
    std::string what, suggestion;
  };
  std::string shown(const Problem& problem) const;

  std::string file_;
  std::vector<std::string> lines_;
  std::vector<Problem> found_;
};

// "line 3, column 5", for naming a second place in a message.
std::string to_words(Place place);

}  // namespace radsweep::orchestrator
