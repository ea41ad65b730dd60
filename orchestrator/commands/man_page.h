// The manual of radsweep, made from what the command line says of itself.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace radsweep::orchestrator {

// A page of section 1 in the language of man(7): every verb with its usage, options and the
// words its --help ends with. `version` stands in the foot line.
std::string man_page(const CLI::App& app, const std::string& version);

}  // namespace radsweep::orchestrator
