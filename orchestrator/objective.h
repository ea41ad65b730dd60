// What a run is judged by: its AUC, or what the sweep file names for a program of the user's. SQL
// over tables, so that stores of older versions can be read as well.
#pragma once

namespace radsweep::orchestrator {

// Of `run`: name of the objective's metric; NULL for radsweep's own worker.
inline constexpr const char* kObjectiveMetric = "json_extract(run.config, '$.objective.metric')";

// Of `run`: the best value that any epoch so far has told; NULL without one.
inline constexpr const char* kBestSoFar =
    "(SELECT CASE json_extract(run.config, '$.objective.mode')"
    "   WHEN 'min' THEN min(told.value) ELSE max(told.value) END"
    " FROM metric AS told WHERE told.run_id = run.id"
    "   AND told.name = coalesce(json_extract(run.config, '$.objective.metric'), 'valid_auc'))";

}  // namespace radsweep::orchestrator
