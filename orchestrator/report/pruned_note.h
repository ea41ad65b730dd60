// What a reader must know of a table of means that leaves out runs for their results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "db/database.h"

namespace radsweep::report {

// One paragraph without a line break; "" when nothing was pruned.
std::string pruned_note(std::size_t pruned);

// The same below a table: an empty line before it; "" when nothing was pruned.
std::string note_below(std::size_t pruned);

// The word in place of the state of a run that was pruned.
inline constexpr const char* kPruned = "pruned";
std::set<std::string> pruned_names(db::Database& database);

// "4, 5 (pruned)": missing seeds, some of which were pruned.
std::string missing_seeds_text(const std::vector<std::int64_t>& missing,
                               const std::vector<std::int64_t>& pruned);

}  // namespace radsweep::report
