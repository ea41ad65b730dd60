// radsweep-worker predict
#pragma once

namespace CLI {
class App;
}

namespace radsweep::commands {

// Adds the verb `predict`; see add_data_verbs of data.h.
void add_predict_verb(CLI::App& app, int& exit_code);

}  // namespace radsweep::commands
