// radsweep results: the mean and standard deviation of every cell.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/one_of.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/report/own_format.h"
#include "orchestrator/report/results_format.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::string store, format = "table";
  bool json = false;
};

std::string document(const std::vector<report::Cell>& cells, const std::string& format) {
  if (format == "csv") return report::results_as_csv(cells);
  if (format == "json") return report::results_as_json(cells);
  if (format == "md") return report::results_as_markdown(cells);
  if (format == "latex") return report::results_as_latex(cells);
  return report::results_as_text(cells);
}

// Of a program of the user's: its objective, in its own unit.
std::string document(const report::OwnResults& results, const std::string& format) {
  if (format == "csv") return report::results_as_csv(results);
  if (format == "json") return report::results_as_json(results);
  if (format == "md") return report::results_as_markdown(results);
  if (format == "latex") return report::results_as_latex(results);
  return report::results_as_text(results);
}

constexpr const char* kFooter = R"(
AUC is that of each run's best epoch; std is the sample deviation (n - 1) over the seeds. table, md
and latex print AUC x 100; csv and json full numbers of 0..1. Missing seeds are named, and pruned ones
as such. Of a trainer of your own it is the objective of its best epoch, in its own unit, and a
column for every axis.

Examples:
  radsweep results
  radsweep results runs/chexpert-atelectasis --format latex > table.tex
)";

}  // namespace

void add_results(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("results", "Show mean and deviation of every cell");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "The store (default: the only or newest below runs/)");
  verb->add_option("--format", options->format, "How to print it")
      ->check(one_of({"table", "csv", "json", "md", "latex"}));
  verb->add_flag("--json", options->json)->description("The same as --format json");
  verb->callback([options, &exit_code] {
    OpenedStore opened = open_store(options->store);
    const std::string format = options->json ? "json" : options->format;
    std::cout << (report::has_own_trainer(opened.database)
                      ? document(report::read_own_results(opened.database), format)
                      : document(report::read_results(opened.database), format))
              << std::flush;
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
