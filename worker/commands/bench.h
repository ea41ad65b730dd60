// radsweep-worker bench
#pragma once

namespace CLI {
class App;
}

namespace radsweep::commands {

// Adds the verb. Its callback prints one JSON object to stdout, the measurement or why there is
// none, and sets `exit_code` to a WorkerExit (worker/attempt/attempt_files.h).
void add_bench_verb(CLI::App& app, int& exit_code);

}  // namespace radsweep::commands
