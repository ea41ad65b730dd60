#include "orchestrator/failure_rules.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"

namespace radsweep::orchestrator {
namespace {

bool is_hopeless(const std::string& error_class) {
  return error_class == "bad_spec" || error_class == "bad_data";
}

bool deserves_one_more_try_only(const std::string& error_class) {
  return error_class == "nan" || error_class == "out_of_memory";
}

// 1 +- kBackoffJitter, the same for the same run and failure.
double jitter(const std::string& identity, int failures) {
  const std::uint32_t random = crc32_of(identity + "#" + std::to_string(failures));
  return 1 + kBackoffJitter * (2 * static_cast<double>(random) / 4294967295.0 - 1);
}

}  // namespace

bool may_be_the_slot(const std::string& error_class) {
  return !is_hopeless(error_class) && error_class != "missing_data" && error_class != "disk" &&
         error_class != "out_of_memory" && error_class != "time_limit";
}

RetryDecision decide_retry(const std::string& error_class, int failures, const RetryRule& rule,
                           const std::string& identity) {
  if (is_hopeless(error_class)) return {std::nullopt, 1};
  const double pause = rule.backoff_s * std::pow(4.0, failures);
  RetryDecision decision{std::min(pause, kLongestBackoff_s) * jitter(identity, failures),
                         rule.max_attempts};
  if (deserves_one_more_try_only(error_class)) {
    decision.max_failures = std::min(2, rule.max_attempts);
  }
  return decision;
}

}  // namespace radsweep::orchestrator
