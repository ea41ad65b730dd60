// Everything wrong with a data set, collected so that one check names all of it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace radsweep::data {

// In the order in which they are listed.
enum class ProblemKind {
  missing_file,
  bad_header,
  malformed_row,
  bad_path,
  bad_value,
  duplicate_image,
  labels_differ,
  too_few_studies,
  missing_image,
  bad_image,
  bad_cache,
};

// "malformed rows", "missing images", ...
const char* plural_of(ProblemKind kind);

struct Problem {
  ProblemKind kind;
  std::string file;  // "train.csv"
  long row = 0;      // line of that file, the header is line 1; 0: the file as a whole
  std::string why;
};

// Thread-safe collector.
class Problems {
 public:
  void add(Problem problem);
  bool empty() const { return count() == 0; }
  std::size_t count() const;

  // Sorted by kind, file and row.
  std::vector<Problem> sorted() const;

  // "3 malformed rows:\n  train.csv:17: ...". Lists at most `per_kind` of a kind and says how
  // many more there are.
  std::string listing(std::size_t per_kind) const;

  // Throws Error(environment, "use the data set", root, <count and listing>, hint) unless empty.
  void throw_if_any(const std::filesystem::path& root, std::size_t per_kind,
                    const std::string& hint) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Problem> problems_;
};

// Long enough to see the pattern, short enough for a terminal.
inline constexpr std::size_t kListedPerKind = 50;
inline constexpr std::size_t kListAll = static_cast<std::size_t>(-1);

}  // namespace radsweep::data
