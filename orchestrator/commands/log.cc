// radsweep log: a report from a trainer that is a shell script.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrator/commands/verbs.h"
#include "worker/wrap/metric_line.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::vector<std::string> words;
  std::optional<int> epoch;
};

void send(std::string line) {
  const char* descriptor = std::getenv(wrap::kMetricsFdVariable);
  if (!descriptor || !*descriptor) {
    throw Error(
        ExitCode::usage, "log", line,
        std::string(wrap::kMetricsFdVariable) + " is not set: this is no trainer of a sweep",
        "`worker: command:` of a sweep file names the program that may log");
  }
  line += '\n';  // one write: lines of several processes stay whole
  if (::write(std::atoi(descriptor), line.data(), line.size()) !=
      static_cast<ssize_t>(line.size())) {
    throw system_error("log to descriptor", descriptor, errno);
  }
}

constexpr const char* kFooter = R"(
For a program that a sweep names as its worker, in any language: the numbers become rows of the
database. The epoch counts from 0; without it they belong to that of the report before.

Examples:
  radsweep log valid_loss=0.41 valid_auc=0.83 --epoch 3
)";

}  // namespace

void add_log(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("log", "Report metrics from your own trainer");
  verb->footer(kFooter);
  verb->add_option("NAME=VALUE", options->words, "What was measured")->required();
  verb->add_option("--epoch", options->epoch, "Of which epoch, from 0")
      ->check(CLI::Range(0, 1'000'000'000));
  verb->callback([options, &exit_code] {
    send(wrap::metric_line_of(options->words, options->epoch));
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
