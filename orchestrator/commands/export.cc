// radsweep export: finds the run's sealed attempt, then hands over to radsweep-worker.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/commands/hand_over.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_names.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::vector<std::string> words;  // [STORE] RUN
  std::string output;
  bool features_only = false;
};

std::string sealed_attempt(const std::vector<std::string>& words) {
  const auto [store, typed] = split_store_and_runs(words);
  if (typed.size() != 1) {
    throw Error(ExitCode::usage, "export", std::to_string(typed.size()) + " runs",
                "one file holds one run", "radsweep export [STORE] RUN -o FILE.safetensors");
  }
  db::Database database = db::Database::open_for_reading(store.database());
  const std::string run = resolve_run(run_names(database), typed.front());
  const db::Table table = db::query(
      database, "SELECT attempts FROM runs WHERE run_id = ?1 AND state = 'done'", {db::Value(run)});
  if (table.rows.empty()) {
    throw Error(ExitCode::usage, "export", run, "it is not done",
                "`radsweep why " + run + "` says why");
  }
  require_own_weights(database, run, "export");
  const auto attempt = std::get<std::int64_t>(table.rows.at(0).at(0));
  return store.attempt(run, static_cast<int>(attempt)).string();
}

void export_run(const Options& options) {
  std::vector<std::string> words = {sealed_attempt(options.words), "--output", options.output};
  if (options.features_only) words.emplace_back("--features-only");
  hand_over("export", words);
}

constexpr const char* kFooter = R"(
The body's tensors have torchvision's and timm's names (features.*). The head is fastai's
(head.2.*, ...), for which these know no place: load with strict=False, or export with
--features-only and load into a network without classifier.

Examples:
  radsweep export 480-densenet161-s3 -o best.safetensors
  radsweep export runs/demo 64-small-s1 -o body.safetensors --features-only
)";

}  // namespace

void add_export(CLI::App& app, int&) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb =
      app.add_subcommand("export", "Write a run's best weights with torchvision's names");
  verb->footer(kFooter);
  verb->add_option("RUN", options->words, "[STORE] and a run, by name or unique beginning")
      ->required();
  verb->add_option("-o,--output", options->output, "Safetensors file to write")
      ->required()
      ->type_name("FILE.safetensors");
  verb->add_flag("--features-only", options->features_only, "Leave out the head");
  verb->callback([options] { export_run(*options); });
}

}  // namespace radsweep::orchestrator
