// "did you mean": the known name closest to a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace radsweep {

// The candidate with the smallest edit distance (insert, delete, substitute, swap of
// neighbours), if it is at most a third of the longer name's length (at least 1); the first of
// equals. nullopt when none is that close.
std::optional<std::string> nearest_name(std::string_view typed,
                                        const std::vector<std::string>& known);

// " (did you mean 'x'?)" or "".
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known);

}  // namespace radsweep
