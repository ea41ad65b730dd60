// radsweep run: start a sweep, or continue it.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "orchestrator/commands/one_of.h"
#include "orchestrator/commands/show_plan.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_sweep.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
The same command continues after Ctrl-C, a crash or a reboot, and does nothing when all is done.
First Ctrl-C: workers checkpoint and leave (exit code 75). Second: they are killed (130).

Examples:
  radsweep run sweeps/smoke.yaml
  radsweep run sweeps/chexpert.yaml --gpus 0,2
  radsweep run sweeps/demo.yaml --cpu-slots 2 --store /scratch/demo
)";

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RunOptions>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("run", "Start a sweep, or continue it");
  verb->footer(kFooter);
  verb->add_option("SWEEP", options->file, "The sweep file")->required()->type_name("FILE.yaml");
  verb->add_option("--store", options->store, "Folder of the results (default runs/<sweep name>)")
      ->type_name("FOLDER");
  verb->add_option("--gpus", options->gpus, "all, none, or indices or UUIDs separated by commas")
      ->delimiter(',')
      ->type_name("LIST");
  verb->add_option("--cpu-slots", options->cpu_slots, "How many runs at once on the CPU")
      ->check(CLI::Range(1, 1024));
  CLI::Option* dry_run = verb->add_flag("--dry-run");
  dry_run->description("Say what would be done, change nothing (as radsweep plan)");
  verb->add_flag("--detach", options->detach)->description("Go on without this terminal");
  verb->add_option("--grace-s", options->grace_s, "Seconds for a worker to checkpoint when stopped")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--max-failures", options->max_failures,
                   "Start no new run once so many failed; what runs goes on (exit code 3). Without "
                   "it: once the first 5 different runs failed in the same way")
      ->check(CLI::Range(1, 1'000'000));
  verb->add_flag("--ignore-memory", options->ignore_memory)
      ->description("Start also runs that are predicted to need more memory than any slot has");
  const std::map<std::string, ProgressStyle> styles{{"auto", ProgressStyle::automatic},
                                                    {"tty", ProgressStyle::tty},
                                                    {"plain", ProgressStyle::plain},
                                                    {"none", ProgressStyle::none}};
  const auto set_style = [options, styles](const std::string& word) {
    options->progress = styles.at(word);
  };
  verb->add_option_function<std::string>("--progress", set_style, "What is shown meanwhile")
      ->check(one_of({"auto", "tty", "plain", "none"}));
  verb->add_flag("--json", options->json)->description("The outcome as JSON on stdout");
  verb->callback([options, dry_run, &exit_code] {
    if (dry_run->count() == 0) {
      exit_code = static_cast<int>(run_sweep(*options));
      return;
    }
    const auto store = options->store.empty() ? std::nullopt : std::optional(options->store);
    show_plan({options->file, store, options->gpus, options->cpu_slots, options->json});
  });
}

}  // namespace radsweep::orchestrator
