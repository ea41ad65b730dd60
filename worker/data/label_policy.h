// From CheXpert's four label values to positive, negative or not used.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "worker/attempt/spec.h"

namespace radsweep::data {

// What a report says about a finding: 1.0, 0.0, -1.0 or nothing.
enum class Mention : std::int8_t { blank, negative, uncertain, positive };

// "1.0", "1", "0.0", "-1", "" (blank), with any spaces around. nullopt for everything else.
std::optional<Mention> parse_mention(std::string_view text);

// "1", "0", "-1", "blank"
const char* name_of(Mention mention);

// The label of a study: 1, 0, or nullopt when the policy drops it. In this order: positive where
// the target is positive, or uncertain and the policy says so; negative where the target is
// negative (or uncertain, likewise) or any finding of `negatives` is positive; dropped otherwise.
std::optional<int> label_of(const attempt::LabelPolicy& policy, Mention target,
                            std::span<const Mention> negatives);

// Throws Error(usage) unless `uncertain` is positive, negative or drop and the target is named
// and is none of the negatives.
void check_policy(const attempt::LabelPolicy& policy);

}  // namespace radsweep::data
