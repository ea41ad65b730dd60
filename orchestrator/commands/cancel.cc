// radsweep cancel: take runs out of a sweep, stopping them where they run.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrator/change_runs.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_names.h"
#include "orchestrator/slurm/end_elements.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
`radsweep retry` brings a cancelled run back.

Examples:
  radsweep cancel 480-densenet161-s3
  radsweep cancel runs/demo 64-small-s1 64-small-s2
)";

}  // namespace

void add_cancel(CLI::App& app, int& exit_code) {
  auto words = std::make_shared<std::vector<std::string>>();  // lives as long as the callback
  CLI::App* verb =
      app.add_subcommand("cancel", "Take runs out of the sweep; running ones are stopped");
  verb->footer(kFooter);
  verb->add_option("RUN", *words, "[STORE] and runs, by name or unique beginning")->required();
  verb->callback([words, &exit_code] {
    const auto [store, runs] = split_store_and_runs(*words);
    if (runs.empty())
      throw Error(ExitCode::usage, "cancel", "a run", "none is named", "radsweep status");
    if (change_runs(store, RequestVerb::cancel, runs) > 0) {
      exit_code = static_cast<int>(ExitCode::usage);
    }
    slurm::end_cancelled(store);
  });
}

}  // namespace radsweep::orchestrator
