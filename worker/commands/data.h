// radsweep-worker data check|prepare|synth
#pragma once

namespace CLI {
class App;
}

namespace radsweep::commands {

// Adds the verb `data` with its sub-verbs. They run while `app` parses, throw radsweep::Error and
// set `exit_code` when they are done. `app` and `exit_code` outlive the parsing.
void add_data_verbs(CLI::App& app, int& exit_code);

}  // namespace radsweep::commands
