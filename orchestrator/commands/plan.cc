// radsweep plan: what run would do.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.h"
#include "orchestrator/commands/show_plan.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
Checks the sweep file, the weights, the data and the machine, and changes nothing. Memory is
predicted from the architecture; times appear once a run of the store has finished, or come from
radsweep bench. With assumed GPUs the data need not be there either: the published counts of CheXpert
take its place. Their memory is known by the usual names, or said: 5xP6000:24. Runs that no slot can
hold are named after the plan, and the exit code is 4; run refuses them too.

Examples:
  radsweep plan sweeps/chexpert.yaml
  radsweep plan sweeps/chexpert.yaml --gpus 0,2 --json
  radsweep plan sweeps/chexpert.yaml --assume-gpus 5xP6000
  radsweep plan sweeps/chexpert.yaml --assume-gpus 5xP6000:24 --speeds speeds.json
)";

}  // namespace

void add_plan(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<PlanOptions>();  // lives as long as the callback
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
  verb->add_flag("--json", options->json)->description("The plan as JSON on stdout");
  verb->callback([options, &exit_code] {
    show_plan(*options);
    exit_code = static_cast<int>(ExitCode::complete);
  });
}

}  // namespace radsweep::orchestrator
