// radsweep run: start a sweep, or continue it.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "orchestrator/commands/executor.h"
#include "orchestrator/commands/one_of.h"
#include "orchestrator/commands/show_plan.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_sweep.h"
#include "orchestrator/slurm/collect_now.h"
#include "orchestrator/slurm/end_elements.h"
#include "orchestrator/slurm/run_on_slurm.h"
#include "orchestrator/slurm/show_script.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
The same command continues after Ctrl-C, a crash or a reboot, and does nothing when all is done.
First Ctrl-C: workers checkpoint and leave (exit code 75). Second: they are killed (130).

With --executor slurm the runs are elements of a job array. Ctrl-C ends the waiting only (75): the
jobs go on, `radsweep stop` ends them, and with --detach nobody waits in the first place.

Examples:
  radsweep run sweeps/smoke.yaml
  radsweep run sweeps/chexpert.yaml --gpus 0,2
  radsweep run sweeps/demo.yaml --cpu-slots 2 --store /scratch/demo
  radsweep run sweeps/chexpert.yaml --executor slurm --detach
)";

struct Options {
  RunOptions run;
  Executor executor = Executor::local;
};

// Slurm gives GPUs and processors, and what fails is counted by itself.
void refuse_local_options(const CLI::App& verb) {
  const char* kInstead = "the sweep file's 'slurm:' says what a run gets";
  for (const char* option : {"--gpus", "--cpu-slots", "--ignore-memory"}) {
    refuse_for_slurm(option, verb.count(option) > 0, kInstead);
  }
  refuse_for_slurm("--max-failures", verb.count("--max-failures") > 0,
                   "radsweep stop ends a sweep that fails");
  refuse_for_slurm("--grace-s", verb.count("--grace-s") > 0, "radsweep stop has it");
}

// Two executors for one run would train it twice. What Slurm has done until now counts.
void refuse_runs_in_slurm(const RunOptions& options) {
  const std::string store =
      options.store.empty() ? "runs/" + read_sweep_file(options.file).name : options.store;
  slurm::refuse_active(Store(store));
  slurm::collect_if_free(Store(store));
}

ExitCode run(const Options& options, const CLI::App& verb, bool dry_run) {
  const RunOptions& how = options.run;
  const auto store = how.store.empty() ? std::nullopt : std::optional(how.store);
  if (options.executor == Executor::slurm) {
    refuse_local_options(verb);
    if (!dry_run) return slurm::run_on_slurm(how);
    slurm::show_script(how.file, store);
    return ExitCode::complete;
  }
  if (!dry_run) {
    refuse_runs_in_slurm(how);
    return run_sweep(how);
  }
  show_plan({how.file, store, how.gpus, how.cpu_slots, how.json});
  return ExitCode::complete;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto all = std::make_shared<Options>();  // lives as long as the callback
  RunOptions* const options = &all->run;
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
  add_executor(*verb, all->executor);
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
  verb->callback([all, verb, dry_run, &exit_code] {
    exit_code = static_cast<int>(run(*all, *verb, dry_run->count() > 0));
  });
}

}  // namespace radsweep::orchestrator
