// A claim about the cells of a sweep, and what the measurements say to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/report/results_table.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

enum class Verdict { not_enough_data, holds, does_not_hold };
const char* words(Verdict verdict);  // "does not hold"

struct Statement {
  std::string claim;     // "161 > 121 at 480 px"
  std::string measured;  // the numbers that decide, for people; "" without data
  Verdict verdict = Verdict::not_enough_data;
};

// Fewer seeds than this in a cell decide nothing.
inline constexpr int kEnoughSeeds = 3;
bool is_enough(const Cell* cell);  // nullptr: there is no such cell

// "83.10 ± 0.42 (n = 5)"; "no run" for nullptr or n = 0.
std::string measured_text(const Cell* cell);

// The difference of two cells over the seeds both have: mean and standard error of the paired
// differences (nothing below two pairs). The seed fixes data order, augmentation and initial
// head, so pairing removes what those share.
struct PairedDifference {
  int pairs = 0;
  double mean = 0;
  std::optional<double> standard_error;
};
PairedDifference paired_difference(const std::vector<RunRow>& runs, const Cell& higher,
                                   const Cell& lower);
// "+1.63 ± 0.31 (standard error over 5 paired seeds)"
std::string difference_text(const PairedDifference& difference);

}  // namespace radsweep::report
