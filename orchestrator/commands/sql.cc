// radsweep sql: one question to the database.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <vector>

#include "base/error.h"
#include "orchestrator/commands/one_of.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/report/rows_format.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::vector<std::string> words;  // [STORE] QUERY
  std::string format = "table";
  bool json = false;
};

void answer(const Options& options) {
  OpenedStore opened = open_store(options.words.size() == 2 ? options.words.front() : "");
  const db::Table table = db::query(opened.database, options.words.back());
  const std::string format = options.json ? "json" : options.format;
  std::cout << (format == "csv"    ? report::rows_as_csv(table)
                : format == "json" ? report::rows_as_json(table)
                                   : report::rows_as_text(table))
            << std::flush;
}

constexpr const char* kFooter = R"(
One statement that only reads. Views: runs, epochs, summary, predictions; AUCs are 0..1.

Examples:
  radsweep sql "SELECT * FROM summary"
  radsweep sql runs/demo "SELECT run_id, error FROM runs WHERE state = 'failed'" --format csv
)";

}  // namespace

void add_sql(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("sql", "Ask the database, read-only");
  verb->footer(kFooter);
  verb->add_option("QUERY", options->words, "The question, optionally after the store")
      ->option_text("[STORE] QUERY")
      ->required()
      ->expected(1, 2);
  verb->add_option("--format", options->format, "How to print it")
      ->check(one_of({"table", "csv", "json"}));
  verb->add_flag("--json", options->json)->description("The same as --format json");
  verb->callback([options, &exit_code] {
    answer(*options);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
