// radsweep predict: finds the runs' attempts, then hands over to radsweep-worker.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/commands/hand_over.h"
#include "orchestrator/commands/one_of.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_names.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::vector<std::string> words;  // [STORE] RUN
  std::string cell, variant, data, split = "valid", output;
  std::vector<std::string> images;
};

// Names of the done runs that are meant: one, or all seeds of a cell.
std::vector<std::string> wanted_runs(const Options& options, db::Database& database,
                                     const std::vector<std::string>& typed) {
  if (options.cell.empty() == typed.empty()) {
    throw Error(ExitCode::usage, "predict with", "no run", "name one run, or a cell",
                "radsweep predict [STORE] RUN ..., or --cell 480xdensenet161");
  }
  if (!typed.empty()) {
    std::vector<std::string> runs;
    for (const std::string& word : typed) {
      runs.push_back(resolve_run(run_names(database), word));
      if (std::count(runs.begin(), runs.end(), runs.back()) == 1) continue;
      throw Error(ExitCode::usage, "predict with", runs.back(), "the run is named twice",
                  "its logits would count twice in the mean: name it once");
    }
    return runs;
  }
  const auto variant = options.variant.empty() ? std::nullopt : std::optional(options.variant);
  return done_runs_of_cell(database, options.cell, variant);
}

std::string sealed_attempt(const Store& store, db::Database& database, const std::string& run) {
  const db::Table table = db::query(
      database, "SELECT attempts FROM runs WHERE run_id = ?1 AND state = 'done'", {db::Value(run)});
  if (table.rows.empty()) {
    throw Error(ExitCode::usage, "predict with", run, "it is not done",
                "`radsweep why " + run + "` says why");
  }
  require_own_weights(database, run, "predict with");
  const auto attempt = std::get<std::int64_t>(table.rows.at(0).at(0));
  return store.attempt(run, static_cast<int>(attempt)).string();
}

void predict(const Options& options) {
  std::vector<std::string> words;
  {
    const auto [store, typed] = split_store_and_runs(options.words);
    db::Database database = db::Database::open_for_reading(store.database());
    words.emplace_back("--attempt");
    for (const std::string& run : wanted_runs(options, database, typed)) {
      words.push_back(sealed_attempt(store, database, run));
    }
  }
  if (!options.data.empty()) {
    words.insert(words.end(), {"--data", options.data, "--split", options.split});
  }
  if (!options.images.empty()) {
    words.emplace_back("--images");
    words.insert(words.end(), options.images.begin(), options.images.end());
  }
  if (!options.output.empty()) words.insert(words.end(), {"--output", options.output});
  hand_over("predict", words);
}

constexpr const char* kFooter = R"(
The table has the columns study, label (empty when the file gives none) and probability.

Examples:
  radsweep predict 480-densenet161-s3 --data /data/CheXpert-v1.0 -o valid.csv
  radsweep predict --cell 480xdensenet161 --images a.jpg b.jpg
)";

}  // namespace

void add_predict(CLI::App& app, int&) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("predict", "Probabilities of a run, or of a cell's seeds");
  verb->footer(kFooter);
  verb->add_option("RUN", options->words, "[STORE] and runs, by name or unique beginning");
  verb->add_option("--cell", options->cell, "All done seeds of RESOLUTIONxARCHITECTURE");
  verb->add_option("--variant", options->variant, "Of that cell, as `radsweep results` names it");
  verb->add_option("--data", options->data, "CheXpert folder with train.csv and valid.csv")
      ->type_name("FOLDER");
  verb->add_option("--split", options->split, "Which part of it")
      ->check(one_of({"train", "valid"}))
      ->capture_default_str();
  verb->add_option("--images", options->images, "JPEG files instead, each a study of its own")
      ->type_name("FILE");
  verb->add_option("-o,--output", options->output, "CSV file (default: standard output)")
      ->type_name("FILE.csv");
  verb->callback([options] { predict(*options); });
}

}  // namespace radsweep::orchestrator
