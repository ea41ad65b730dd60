// radsweep bench: how fast this machine trains a sweep.
#include <CLI/CLI.hpp>
#include <memory>

#include "orchestrator/commands/bench_sweep.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
Trains a few steps of every resolution, architecture and variant with the real worker, pinned as
run would pin it, on noise: neither data nor weights are needed, and no store is touched. Where the
data is not there, the time of a run is worked out for the published counts of CheXpert. Images
come from memory, so a slow disk does not show, and loading and checkpoints are left out. A cell
that cannot be measured (out of memory) says why, the others go on, and the exit code is 3.

Examples:
  radsweep bench sweeps/chexpert.yaml
  radsweep bench sweeps/chexpert.yaml --gpus 0 --steps 30 --output speeds.json
  radsweep plan sweeps/chexpert.yaml --assume-gpus 5xP6000 --speeds speeds.json
)";

}  // namespace

void add_bench(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<BenchOptions>();  // lives as long as the callback
  CLI::App* verb =
      app.add_subcommand("bench", "Measure how fast this machine trains each cell of a sweep");
  verb->footer(kFooter);
  verb->add_option("SWEEP", options->file, "The sweep file")->required()->type_name("FILE.yaml");
  verb->add_option("--steps", options->steps,
                   "Timed steps of each phase, after two that are not; fewer when they take long")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--gpus", options->gpus, "all, none, or indices or UUIDs separated by commas")
      ->delimiter(',')
      ->type_name("LIST");
  verb->add_option("--cpu-slots", options->cpu_slots, "How many runs at once on the CPU")
      ->check(CLI::Range(1, 1024));
  verb->add_option("-o,--output", options->output, "Also write the report there, as JSON")
      ->type_name("FILE.json");
  verb->add_flag("--json", options->json)->description("The report as JSON on stdout");
  verb->callback([options, &exit_code] { exit_code = static_cast<int>(bench_sweep(*options)); });
}

}  // namespace radsweep::orchestrator
