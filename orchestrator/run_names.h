// Runs as people type them: full names or unique beginnings, after an optional store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

// Names of all runs of the store, also of those the sweep file dropped.
std::vector<std::string> run_names(db::Database& database);

// The run whose name is `typed` or begins with it. Throws Error(usage) when there is none (with
// the nearest name) or several (naming them).
std::string resolve_run(const std::vector<std::string>& known, const std::string& typed);

// The done runs of a cell, by seed: RESOLUTIONxARCHITECTURE as in "480xdensenet161", of the current
// sweep file. A sweep may train the cell in several variants ("dropout=0.6"): `variant` says which.
// Throws Error(usage) when there is no such run, or variants and none is named.
std::vector<std::string> done_runs_of_cell(db::Database& database, const std::string& cell,
                                           const std::optional<std::string>& variant);

// What `VERB [STORE] RUN...` means: the first word is a store if it names one (a folder with a
// sweep.db, or one below runs/), otherwise all words are runs of the default store.
struct StoreAndRuns {
  Store store;
  std::vector<std::string> runs;  // as typed
};
StoreAndRuns split_store_and_runs(const std::vector<std::string>& words);

}  // namespace radsweep::orchestrator
