// YAML text to nodes, with everything refused that yaml-cpp lets through but no sweep file means.
#pragma once

#include <string>

#include "orchestrator/sweep/problems.h"

namespace YAML {
class Node;
}

namespace radsweep::orchestrator {

// The one document of `text`, a mapping. Complains of: bytes that are not UTF-8 text, syntax
// errors, several or no documents, keys that are not plain words or occur twice, merge keys (<<),
// tags, and nesting or aliases without end. Throws Error(usage) for what makes the rest
// unreadable; what is only wrong in itself is added to `problems`.
YAML::Node load_yaml(const std::string& text, Problems& problems);

// Where a node stands.
Place place_of(const YAML::Node& node);

}  // namespace radsweep::orchestrator
