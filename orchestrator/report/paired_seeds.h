// What two cells say of each other when their seeds are paired. The seed fixes data order,
// augmentation and initial head, so pairing removes what those share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/report/delong.h"
#include "orchestrator/report/results_table.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

// Differences over the seeds that all cells have, with Student's 95 % interval of their mean.
struct PairedDifference {
  int pairs = 0;
  double mean = 0;
  std::optional<double> standard_error;  // nothing below two pairs
  std::optional<Interval> interval;      // nothing below two pairs
};

// A cell and how often it counts: {upper, 1}, {lower, -1} is a difference.
struct Term {
  const Cell* cell;
  double weight;
};
// The sum of weight * AUC, seed by seed.
PairedDifference seed_contrast(const std::vector<RunRow>& runs, const std::vector<Term>& terms);
PairedDifference paired_difference(const std::vector<RunRow>& runs, const Cell& higher,
                                   const Cell& lower);

// "+1.63 ± 0.31 (standard error over 5 paired seeds, 95 %: +0.77 to +2.49)"
std::string difference_text(const PairedDifference& difference);

// Student's t of the correlation between sums and differences of the paired AUCs (Pitman 1939,
// Morgan 1939), beyond +1 or -1 where chance alone explains it in less than 5 % of cases: positive
// when `higher` has the larger standard deviation. Nothing below three pairs or without any spread.
std::optional<double> spread_evidence(const std::vector<RunRow>& runs, const Cell& higher,
                                      const Cell& lower);

}  // namespace radsweep::report
