// A bootstrap interval of an AUC: what it would be on other studies like these.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "orchestrator/report/delong.h"

namespace radsweep::report {

struct BootstrapOptions {
  int resamples = 2000;
  std::uint64_t seed = 0;
};

// The 95 % percentile interval (Efron and Tibshirani 1993, chapter 13) of the AUC over studies.
// Stratified: positives and negatives are drawn with replacement each within their class, so that
// every resample keeps P and N and has an AUC (the default of R's pROC). The 2.5 % and 97.5 %
// quantiles interpolate linearly between order statistics (numpy's default).
//
// Reproducible: with `counter_hash` of base/counter_hash.h,
//   key = counter_hash({seed, stream_word("bootstrap"), resample, label}),
//   draw k takes the study number floor(unit_interval(counter_hash({key, k})) * count)
// of its class, in the order given.
//
// nullopt when a class is missing, and when all resamples have one AUC (perfect separation, one
// score for all): an interval of no width would claim a certainty the studies do not give.
// `labels` are 0 or 1, `scores` finite, both of the same length; resamples >= 2.
std::optional<Interval> bootstrap_auc(std::span<const int> labels, std::span<const double> scores,
                                      const BootstrapOptions& options = {});

}  // namespace radsweep::report
