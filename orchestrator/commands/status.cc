// radsweep status: where a sweep stands, once.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/opened_store.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/progress/terminal_painter.h"
#include "orchestrator/slurm/collect_now.h"
#include "orchestrator/status/sweep_status.h"

namespace radsweep::orchestrator {
namespace {

struct Options {
  std::string store;
  bool json = false;
};

constexpr int kPipeColumns = 160;  // nothing wraps in a file

void print_picture(const SweepStatus& status) {
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour = terminal && !(no_colour && *no_colour);
  const int columns = terminal ? terminal_size(STDOUT_FILENO).columns : kPipeColumns;
  for (const std::string& line : render_view(status.view, columns, colour)) {
    std::cout << line << '\n';
  }
  const auto notes = status_notes(status);
  if (!notes.empty()) std::cout << '\n';
  for (const std::string& note : notes) std::cout << note << '\n';
  std::cout << std::flush;
}

// "3 runs are at work in Slurm, 5 wait in its queue (Resources)"; "" when it has none.
std::string words_of(const slurm::InSlurm& there) {
  if (there.pending + there.running == 0) return "";
  std::string text = std::to_string(there.running) + " at work in Slurm, " +
                     std::to_string(there.pending) + " in its queue";
  return there.reason.empty() ? text : text + " (" + there.reason + ")";
}

constexpr const char* kFooter = R"(
Reads only, and needs no orchestrator at work. `radsweep watch` keeps painting it. Of runs in Slurm
it first takes in what they have done since, unless a radsweep run waits for them and does so.

Examples:
  radsweep status
  radsweep status --json | jq .counts
)";

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("status", "Show where a sweep stands");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "The store (default: the only or newest below runs/)");
  verb->add_flag("--json", options->json)->description("As JSON");
  verb->callback([options, &exit_code] {
    const Store store =
        find_store(options->store.empty() ? std::nullopt : std::optional(options->store));
    const auto in_slurm = slurm::collect_if_free(store);
    OpenedStore opened = open_store(store.root().string());
    auto status = read_status(opened.store, opened.database);
    if (in_slurm) status.in_slurm = words_of(*in_slurm);
    if (options->json) {
      std::cout << status_as_json(status, opened.store) << std::flush;
    } else {
      print_picture(status);
    }
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
