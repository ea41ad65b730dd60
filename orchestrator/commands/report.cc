// radsweep report: everything about a sweep in one HTML file.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/report/figure_files.h"
#include "orchestrator/report/tensorboard.h"
#include "orchestrator/report/write_report.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::string store, output, figures, tensorboard;
};

constexpr const char* kFooter = R"(
The file needs no network, no script and no other file. Its path is printed; `-o -` prints the
page itself.

With --figures every figure becomes an SVG file, in the colours of paper; for a PNG:
  rsvg-convert -z 2 -b white auc.svg -o auc.png                 (package librsvg2-bin)

With --tensorboard every metric of every run goes to an event file DIR/RUN/events...; repeated, they
are replaced, and TensorBoard shows it when it is started again.

Examples:
  radsweep report
  radsweep report runs/chexpert-atelectasis -o atelectasis.html
  radsweep report --figures figures
  radsweep report --tensorboard tb && tensorboard --logdir tb
)";

}  // namespace

void add_report(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("report", "Write a self-contained HTML report");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "The store (default: the only or newest below runs/)");
  verb->add_option("-o,--output", options->output, "The file (default STORE/report.html)")
      ->type_name("FILE.html");
  verb->add_option("--figures", options->figures,
                   "Write the figures as SVG into this folder instead")
      ->type_name("FOLDER")
      ->excludes("--output");
  verb->add_option("--tensorboard", options->tensorboard,
                   "Write the metrics for TensorBoard into this folder instead")
      ->type_name("FOLDER")
      ->excludes("--output")
      ->excludes("--figures");
  verb->callback([options, &exit_code] {
    OpenedStore opened = open_store(options->store);
    if (!options->tensorboard.empty()) {
      report::write_tensorboard(opened.database, options->tensorboard);
      std::cout << options->tensorboard << std::endl;
    } else if (!options->figures.empty()) {
      const auto names =
          report::write_figures(report::read_sweep(opened.database), options->figures);
      for (const std::string& name : names) {
        std::cout << (std::filesystem::path(options->figures) / name).string() << '\n';
      }
    } else if (options->output == "-") {
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
