// `radsweep-worker train ATTEMPT_FOLDER`: one attempt at one run.
#pragma once

namespace CLI {
class App;
}

namespace radsweep::commands {

// Adds the verb. Its callback sets `exit_code` to a WorkerExit (worker/attempt/attempt_files.h).
// Once spec.json is read and the attempt's lock is held, every end is sealed in result.json,
// if the disk takes it.
void add_train_verb(CLI::App& app, int& exit_code);

}  // namespace radsweep::commands
