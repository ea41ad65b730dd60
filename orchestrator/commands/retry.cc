// radsweep retry: give failed, cancelled or waiting runs another chance.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrator/change_runs.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_names.h"

namespace radsweep::orchestrator {

namespace {

constexpr const char* kFooter = R"(
Without a run: all failed ones. A run that waits for its next attempt is tried at once. Without a
running radsweep run the next one takes them up.

Examples:
  radsweep retry
  radsweep retry runs/demo 480-densenet161-s3
)";

}  // namespace

void add_retry(CLI::App& app, int& exit_code) {
  auto words = std::make_shared<std::vector<std::string>>();  // lives as long as the callback
  CLI::App* verb =
      app.add_subcommand("retry", "Put failed, cancelled or pruned runs back into the queue");
  verb->footer(kFooter);
  verb->add_option("RUN", *words, "[STORE] and runs, by name or unique beginning");
  verb->callback([words, &exit_code] {
    const auto [store, runs] = split_store_and_runs(*words);
    if (change_runs(store, RequestVerb::retry, runs) > 0) {
      exit_code = static_cast<int>(ExitCode::usage);
    }
  });
}

}  // namespace radsweep::orchestrator
