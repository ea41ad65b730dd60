// A claim about the cells of a sweep, and what the measurements say to it. Claims about cells are
// claims about any seeds, not about those that were run: they need differences that other seeds
// would show as well.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/paired_seeds.h"

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

// A claim that `difference` is positive, or negative: decided when its 95 % interval lies on one
// side of 0, over enough pairs.
Verdict is_positive(const PairedDifference& difference);
Verdict is_negative(const PairedDifference& difference);

// A claim that other seeds of `higher` would spread more than those of `lower`, by spread_evidence.
Verdict spread_is_larger(const std::vector<RunRow>& runs, const Cell& higher, const Cell& lower);

// A claim of several parts: one that does not hold refutes it, all of them are needed to hold.
Verdict all_of(const std::vector<Verdict>& parts);

}  // namespace radsweep::report
