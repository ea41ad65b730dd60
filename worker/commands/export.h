// radsweep-worker export
#pragma once

namespace CLI {
class App;
}

namespace radsweep::commands {

// Adds the verb `export`. It runs while `app` parses, throws radsweep::Error and sets `exit_code`
// when it is done. `app` and `exit_code` outlive the parsing.
void add_export_verb(CLI::App& app, int& exit_code);

}  // namespace radsweep::commands
