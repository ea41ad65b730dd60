#include "tests/process/storm/tally.h"

#include <iomanip>
#include <ostream>

namespace radsweep::test {
namespace {

void print_row(std::ostream& out, const std::string& kind, const std::string& what, int count) {
  out << std::left << std::setw(12) << kind << std::setw(56) << what << std::right << std::setw(6)
      << count << '\n';
}

}  // namespace

void Tally::print(std::ostream& out) const {
  for (const auto& [name, count] : rows_) print_row(out, name.first, name.second, count);
  print_row(out, "in all", "processes killed with -9", kills_);
  print_row(out, "", "sweeps completed", sweeps_);
  print_row(out, "", "runs done, each exactly once", runs_);
  print_row(out, "", "attempts they took", attempts_);
}

}  // namespace radsweep::test
