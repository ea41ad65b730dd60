#include "orchestrator/early_stop.h"

#include <algorithm>
#include <cctype>

namespace radsweep::orchestrator {
namespace {

// "step 17" and "step 18" are the same failure.
std::string without_digits(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return text;
}

bool depends_on_the_configuration(const std::string& error_class) {
  return error_class == "out_of_memory" || error_class == "nan" || error_class == "time_limit";
}

}  // namespace

void EarlyStop::note_failure(const std::string& run, const db::Failure& failure, bool given_up) {
  if (given_up) given_up_.insert(run);
  if (depends_on_the_configuration(failure.error_class)) return;
  const std::string text = failure.error_class + ": " + failure.error;
  const std::string way = without_digits(text);
  if (failed_alike_.empty()) {
    first_way_ = way;
    first_text_ = text;
  }
  if (way == first_way_) {
    failed_alike_.insert(run);
  } else {
    refuted_ = true;
  }
}

std::optional<std::string> EarlyStop::reason() const {
  if (max_failures_) {
    if (static_cast<int>(given_up_.size()) < *max_failures_) return std::nullopt;
    const std::string limit = std::to_string(*max_failures_);
    return limit + (*max_failures_ == 1 ? " run" : " runs") + " failed (--max-failures " + limit +
           ")";
  }
  if (refuted_ || static_cast<int>(failed_alike_.size()) < kSameFailures) return std::nullopt;
  return "the first " + std::to_string(kSameFailures) + " runs all failed in the same way (" +
         first_text_ + ")";
}

}  // namespace radsweep::orchestrator
