// What follows from a failure: whether, when and how often a run is tried again.
//
//   class          typical cause                              tried again           counted
//   bad_spec       configuration the worker refuses           never                 yes
//   bad_data       cache, CSV or weights do not fit           never                 yes
//   missing_data   one of them is not there (a lost mount)    after backoff         yes
//   out_of_memory  batch too large for the GPU                once, after backoff   yes
//   host_memory    ended by the kernel's OOM killer, or       after backoff         yes
//                  no memory left on the host
//   nan            diverged training                          once, after backoff   yes
//   device         GPU unusable (ECC, driver, off the bus)    at once, elsewhere    see below
//                  or not the one asked for
//   disk           full or unreadable                         after backoff         see below
//   signal         crashed, or killed by somebody             after backoff         yes
//   killed (9)     killed by somebody, its run had advanced   at once               no
//   hang           steps stood still                          after backoff         yes
//   time_limit     longer than retry.time_limit_h             after backoff         yes
//   bug            anything else                              after backoff         yes
//   lost           died unseen, again without progress        after backoff         yes
//
// "Advanced": beyond the furthest step of all earlier attempts, so this cannot go on for ever. An
// attempt that is lost or stops by itself is not counted either, unless it is the third in a row
// that did not advance (class lost). What is stopped on request is never counted.
// "After backoff": as often as the sweep's retry.max_attempts allows; the pause is
// retry.backoff_s, four times longer after each failure, at most half an hour, +-20 %. Every
// further attempt continues from the newest checkpoint that can be read.
// "Once": the same configuration will most likely fail the same way, but a neighbour on the GPU
// or a flipped bit deserves one more try. A run that diverged goes back to its last checkpoint,
// which is from before the NaN; on the CPU it will diverge again in the same step.
// A device failure is the GPU's: the GPU rests (see slot_table.h) and the run is not charged for
// it until its third, which counts like a bug (three GPUs that fail on one run point at the run).
// A failure of the disk is not charged while the store's disk has no room for another run: the
// sweep then starts nothing, and goes on by itself when there is room.
// A slot on which several runs failed in a row while others got theirs done is set aside
// (slot_table.h); a sweep whose runs all fail alike is stopped (early_stop.h).
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

// Whether a failure may be the fault of the slot it happened on: not when it is plainly the
// configuration's, the data's or the disk's.
bool may_be_the_slot(const std::string& error_class);

inline constexpr double kLongestBackoff_s = 1800;
inline constexpr double kBackoffJitter = 0.2;  // of the pause, both ways
inline constexpr int kDeviceFailuresOfOneRun = 3;

}  // namespace radsweep::orchestrator
