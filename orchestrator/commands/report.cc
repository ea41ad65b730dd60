// radsweep report: everything about a sweep in one HTML file.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/report/write_report.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::string store, output;
};

constexpr const char* kFooter = R"(
The file needs no network, no script and no other file. Its path is printed; `-o -` prints the
page itself.

Examples:
  radsweep report
  radsweep report runs/chexpert-atelectasis -o atelectasis.html
)";

}  // namespace

void add_report(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("report", "Write a self-contained HTML report");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "The store (default: the only or newest below runs/)");
  verb->add_option("-o,--output", options->output, "The file (default STORE/report.html)")
      ->type_name("FILE.html");
  verb->callback([options, &exit_code] {
    OpenedStore opened = open_store(options->store);
    if (options->output == "-") {
      std::cout << report::report_now(opened.database) << std::flush;
    } else {
      const std::filesystem::path file =
          options->output.empty() ? opened.store.report() : std::filesystem::path(options->output);
      report::write_report(opened.database, file);
      std::cout << file.string() << std::endl;
    }
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
