// radsweep-worker weights import
#pragma once

namespace CLI {
class App;
}

namespace radsweep::commands {

// Adds the verb `weights` with its sub-verb. It runs while `app` parses, throws radsweep::Error and
// sets `exit_code` when it is done. `app` and `exit_code` outlive the parsing.
void add_weights_verbs(CLI::App& app, int& exit_code);

}  // namespace radsweep::commands
