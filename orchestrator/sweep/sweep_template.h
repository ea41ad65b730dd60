// The sweep file that a new user starts from: sweeps/template.yaml, carried inside the program.
#pragma once

#include <string>

namespace radsweep::orchestrator {

extern const char* const kSweepTemplate;

// The name `radsweep init` gives the schema that it puts beside a sweep file.
inline constexpr const char* kSchemaFile = "radsweep.schema.json";

// The template for a file of this name: its first line tells editors of the schema, and the sweep
// is called like the file, so that two files do not share a store.
std::string new_sweep_file(const std::string& file_name);

}  // namespace radsweep::orchestrator
