// How deep a JSON text nests, found before it is parsed: copying and printing what was parsed goes
// into itself once per level, so a hostile file of a few megabytes would exhaust the stack.
#pragma once

#include <string_view>

namespace radsweep {

// Deeper than anything radsweep writes, by far.
inline constexpr int kDeepestJson = 64;

// Whether brackets and braces outside of strings ever nest deeper than kDeepestJson. Of text that
// is no JSON: whether any prefix of it does.
bool is_deep_json(std::string_view text);

}  // namespace radsweep
