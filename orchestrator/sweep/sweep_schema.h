// A JSON schema of sweep files, for editors: completion, hover texts, errors while one types.
#pragma once

#include <nlohmann/json.hpp>

namespace radsweep::orchestrator {

// Made from the tables the parser reads by (sweep_keys.h, recipe_keys()), in draft 7, which the
// YAML language server speaks. A file that parse_sweep accepts conforms. The reverse does not
// hold for what no schema can say: keys both fixed and varied, weights of networks outside the
// grid, resolutions too small for a network, epochs that are all zero, grids beyond reason.
nlohmann::ordered_json sweep_schema();

}  // namespace radsweep::orchestrator
