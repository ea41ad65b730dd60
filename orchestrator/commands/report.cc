// radsweep report: everything about a sweep in one HTML file.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/environment/png_files.h"
#include "orchestrator/examples/find_examples.h"
#include "orchestrator/report/figure_files.h"
#include "orchestrator/report/own_results.h"
#include "orchestrator/report/tensorboard.h"
#include "orchestrator/report/write_report.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::string store, output, figures, tensorboard;
  bool no_images = false;
};

void write_figures(db::Database& database, const std::filesystem::path& folder) {
  const auto names = report::has_own_trainer(database)
                         ? report::write_figures(report::read_own_results(database), folder)
                         : report::write_figures(report::read_sweep(database), folder);
  std::vector<std::filesystem::path> files;
  for (const auto& name : names) files.push_back(folder / name);
  const auto pngs = write_pngs(files);
  std::cout << folder.string() << ": " << files.size() << " SVG"
            << (pngs ? " and " + std::to_string(pngs->size()) + " PNG" : "") << " files\n";
  if (!pngs) {
    std::cerr << "radsweep: no PNG files: rsvg-convert is not installed (package librsvg2-bin)\n";
  }
}

void write_page(OpenedStore& opened, const Options& options) {
  report::Examples examples;
  if (!options.no_images) examples = find_examples(opened.database, opened.store);
  if (options.output == "-") {
    std::cout << report::report_now(opened.database, examples) << std::flush;
    return;
  }
  const std::filesystem::path file =
      options.output.empty() ? opened.store.report() : std::filesystem::path(options.output);
  report::write_report(opened.database, file, examples);
  std::cout << file.string() << std::endl;
}

constexpr const char* kFooter = R"(
The file needs no network, no script and no other file. Its path is printed; `-o -` prints the
page itself. It shows a few validation studies, out of the prepared images when they are at hand:
--no-images where the data's terms do not allow that.

With --figures every figure becomes an SVG file in the colours of paper, and a PNG file beside it
where rsvg-convert is installed (package librsvg2-bin). The folder and the number of files are
printed.

With --tensorboard every metric of every run goes to an event file DIR/RUN/events...; repeated, they
are replaced, and TensorBoard shows it when it is started again.

Examples:
  radsweep report
  radsweep report runs/chexpert-atelectasis -o atelectasis.html
  radsweep report --figures figures
  radsweep report --figures figures --tensorboard tb
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
                   "Write the figures as SVG and PNG into this folder instead")
      ->type_name("FOLDER")
      ->excludes("--output");
  verb->add_option("--tensorboard", options->tensorboard,
                   "Write the metrics for TensorBoard into this folder instead")
      ->type_name("FOLDER")
      ->excludes("--output");
  verb->add_flag("--no-images", options->no_images, "Leave out the example studies");
  verb->callback([options, &exit_code] {
    OpenedStore opened = open_store(options->store);
    if (!options->figures.empty()) write_figures(opened.database, options->figures);
    if (!options->tensorboard.empty()) {
      report::write_tensorboard(opened.database, options->tensorboard);
      std::cout << options->tensorboard << std::endl;
    }
    if (options->figures.empty() && options->tensorboard.empty()) write_page(opened, *options);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
