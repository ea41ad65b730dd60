// What follows from a failure: whether, when and how often a run is tried again.
//
//   class          typical cause                          tried again           counted
//   bad_spec       configuration the worker refuses       never                 yes
//   bad_data       cache, CSV or weights do not fit       never                 yes
//   out_of_memory  batch too large for the GPU            once, after backoff   yes
//   nan            diverged training                      once, after backoff   yes
//   device         GPU unusable or not the one asked for  at once, elsewhere    see below
//   disk           full or unreadable                     after backoff         yes
//   signal         killed or crashed                      after backoff         yes
//   killed (9)     the same, its run had advanced         at once               no
//   hang           steps stood still                      after backoff         yes
//   bug            anything else                          after backoff         yes
//   lost           died unseen, again without progress    after backoff         yes
//
// "Advanced": beyond the furthest step of all earlier attempts, so this cannot go on for ever. An
// attempt that is lost or stops by itself is not counted either, unless it is the third in a row
// that did not advance (class lost).
// "After backoff": as often as the sweep's retry.max_attempts allows; the pause is
// retry.backoff_s, four times longer after each failure, at most half an hour, +-20 %.
// "Once": the same configuration will most likely fail the same way, but a neighbour on the GPU
// or a flipped bit deserves one more try.
// A device failure is the GPU's: the GPU rests (see supervisor.h) and the run is not charged for
// it until its third, which counts like a bug (three GPUs that fail on one run point at the run).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {

struct RetryDecision {
  std::optional<double> delay_s;  // nothing: never again
  int max_failures = 1;           // counted failures that make the run failed
};

// `failures`: counted before this one. `identity` of the run seeds the jitter, so that a decision
// is reproducible and runs that failed together do not return together.
RetryDecision decide_retry(const std::string& error_class, int failures, const RetryRule& rule,
                           const std::string& identity);

inline constexpr double kLongestBackoff_s = 1800;
inline constexpr double kBackoffJitter = 0.2;  // of the pause, both ways
inline constexpr int kDeviceFailuresOfOneRun = 3;

}  // namespace radsweep::orchestrator
