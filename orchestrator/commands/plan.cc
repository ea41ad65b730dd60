// radsweep plan: what run would do.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/executor.h"
#include "orchestrator/commands/show_plan.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/slurm/show_script.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
Checks the sweep file, the weights, the data and the machine, and changes nothing. Memory is
predicted from the architecture; times appear once a run of the store has finished, or come from
radsweep bench. With assumed GPUs the data need not be there either: the published counts of CheXpert
take its place. Their memory is known by the usual names, or said: 5xP6000:24. Runs that no slot can
hold are named after the plan, and the exit code is 4; run refuses them too.
With --executor slurm it prints the batch script that run would submit.

Examples:
  radsweep plan sweeps/chexpert.yaml
  radsweep plan sweeps/chexpert.yaml --gpus 0,2 --json
  radsweep plan sweeps/chexpert.yaml --assume-gpus 5xP6000
  radsweep plan sweeps/chexpert.yaml --assume-gpus 5xP6000:24 --speeds speeds.json
  radsweep plan sweeps/chexpert.yaml --executor slurm
)";

struct Options {
  PlanOptions plan;
  Executor executor = Executor::local;
};

void plan(const Options& options, const CLI::App& verb) {
  if (options.executor == Executor::local) return show_plan(options.plan);
  for (const char* option : {"--gpus", "--cpu-slots", "--assume-gpus", "--speeds", "--json"}) {
    refuse_for_slurm(option, verb.count(option) > 0, "radsweep plan without --executor slurm");
  }
  slurm::show_script(options.plan.file, options.plan.store);
}

}  // namespace

void add_plan(CLI::App& app, int& exit_code) {
  auto all = std::make_shared<Options>();  // lives as long as the callback
  PlanOptions* const options = &all->plan;
  CLI::App* verb =
      app.add_subcommand("plan", "Show what run would do: runs, order, cost, memory, disk");
  verb->footer(kFooter);
  verb->add_option("SWEEP", options->file, "The sweep file")->required()->type_name("FILE.yaml");
  verb->add_option("--store", options->store, "Folder of the results (default runs/<sweep name>)")
      ->type_name("FOLDER");
  verb->add_option("--gpus", options->gpus, "all, none, or indices or UUIDs separated by commas")
      ->delimiter(',')
      ->type_name("LIST");
  verb->add_option("--cpu-slots", options->cpu_slots, "How many runs at once on the CPU")
      ->check(CLI::Range(1, 1024));
  verb->add_option(
          "--assume-gpus", options->assumed_gpus,
          "Plan for these GPUs, which need not be there, and show the schedule: 5, 5xP6000")
      ->type_name("N[xNAME[:GIB]]");
  verb->add_option("--speeds", options->speeds, "Take times from what `radsweep bench -o` wrote")
      ->type_name("FILE.json");
  add_executor(*verb, all->executor);
  verb->add_flag("--json", options->json)->description("The plan as JSON on stdout");
  verb->callback([all, verb, &exit_code] {
    plan(*all, *verb);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
