// Sweep files: YAML in, a checked Sweep out. Strict: whatever is not understood is an error.
#pragma once

#include <filesystem>
#include <string>

#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {

// Reads and checks a sweep file. Throws Error(environment) when it cannot be read, Error(usage)
// otherwise; its text names every problem found, each as "file:line:column: what is wrong",
// followed by the line itself with a mark below the place and, where one is near, a suggestion.
// Problems: YAML syntax; unknown or duplicate keys, merge keys (<<); wrong types; empty axes,
// duplicate values in an axis; values out of range; missing required keys (name, data, grid with
// resolution, architecture and seed).
Sweep read_sweep_file(const std::filesystem::path& path);

// The same from text; `name` stands for the file in messages.
Sweep parse_sweep(const std::string& text, const std::string& name);

// Whether a sweep can be called so: the name becomes a folder below runs/.
bool is_sweep_name(const std::string& text);

}  // namespace radsweep::orchestrator
