// radsweep why: why a run is where it is.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <vector>

#include "base/error.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_names.h"
#include "orchestrator/slurm/where_in_slurm.h"
#include "orchestrator/status/run_story.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::vector<std::string> words;  // [STORE] RUN
  bool json = false;
};

constexpr const char* kFooter = R"(
One line with the reason, then the run's attempts and everything that happened to it.

Examples:
  radsweep why 480-densenet161-s3
)";

}  // namespace

void add_why(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("why", "Say why a run is where it is");
  verb->footer(kFooter);
  verb->add_option("RUN", options->words, "The run, optionally after the store")
      ->option_text("[STORE] RUN")
      ->required()
      ->expected(1, 2);
  verb->add_flag("--json", options->json)->description("As JSON");
  verb->callback([options, &exit_code] {
    const StoreAndRuns meant = split_store_and_runs(options->words);
    if (meant.runs.size() != 1) {
      throw Error(ExitCode::usage, "explain", "'" + options->words.front() + "'",
                  meant.runs.empty() ? "it is a store; a run is missing" : "one run at a time",
                  "radsweep why [STORE] RUN");
    }
    db::Database database = db::Database::open_for_reading(meant.store.database());
    auto story = tell_run(meant.store, database, meant.runs.front(), wall_clock_ms());
    const std::string place = slurm::where_in_slurm(meant.store, story.run);
    if (!place.empty())
      story.reason = story.state == "pending" ? place : story.reason + "; " + place;
    std::cout << (options->json ? story_as_json(story) : story_as_text(story)) << std::flush;
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
