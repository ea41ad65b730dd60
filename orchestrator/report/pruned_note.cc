#include "orchestrator/report/pruned_note.h"

#include <algorithm>

#include "db/pruned.h"

namespace radsweep::report {

std::string pruned_note(std::size_t pruned) {
  if (pruned == 0) return "";
  return "The means leave out " + std::to_string(pruned) +
         (pruned == 1 ? " pruned run, which was" : " pruned runs, which were") +
         " stopped early for doing worse than others: they are biased towards better values, and "
         "cells must not be compared by them.";
}

std::string note_below(std::size_t pruned) {
  return pruned == 0 ? "" : "\n" + pruned_note(pruned) + "\n";
}

std::set<std::string> pruned_names(db::Database& database) {
  std::set<std::string> names;
  for (const db::PrunedRun& run : db::read_pruned(database)) names.insert(run.name);
  return names;
}

std::string missing_seeds_text(const std::vector<std::int64_t>& missing,
                               const std::vector<std::int64_t>& pruned) {
  std::string text;
  for (const std::int64_t seed : missing) {
    const bool was_pruned = std::ranges::find(pruned, seed) != pruned.end();
    text += (text.empty() ? "" : ", ") + std::to_string(seed) + (was_pruned ? " (pruned)" : "");
  }
  return text;
}

}  // namespace radsweep::report
