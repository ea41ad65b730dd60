#include "worker/data/label_policy.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/nearest_name.h"

namespace radsweep::data {

std::optional<Mention> parse_mention(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return Mention::blank;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value == 1) return Mention::positive;
  if (value == 0) return Mention::negative;
  if (value == -1) return Mention::uncertain;
  return std::nullopt;
}

const char* name_of(Mention mention) {
  switch (mention) {
    case Mention::positive:
      return "1";
    case Mention::negative:
      return "0";
    case Mention::uncertain:
      return "-1";
    case Mention::blank:
      break;
  }
  return "blank";
}

std::optional<int> label_of(const attempt::LabelPolicy& policy, Mention target,
                            std::span<const Mention> negatives) {
  if (target == Mention::positive) return 1;
  if (target == Mention::uncertain && policy.uncertain == "positive") return 1;
  if (target == Mention::uncertain && policy.uncertain == "negative") return 0;
  if (target == Mention::negative) return 0;
  if (std::ranges::find(negatives, Mention::positive) != negatives.end()) return 0;
  return std::nullopt;
}

void check_policy(const attempt::LabelPolicy& policy) {
  const auto refuse = [](const std::string& why) {
    throw Error(ExitCode::usage, "use", "the label policy", why);
  };
  if (policy.target.empty()) refuse("the target finding has no name");
  if (policy.uncertain != "positive" && policy.uncertain != "negative" &&
      policy.uncertain != "drop") {
    refuse("uncertain is '" + policy.uncertain + "', not positive, negative or drop" +
           did_you_mean(policy.uncertain, {"positive", "negative", "drop"}));
  }
  if (std::ranges::find(policy.negatives, policy.target) != policy.negatives.end()) {
    refuse("'" + policy.target + "' is both the target and a negative");
  }
}

}  // namespace radsweep::data
