// radsweep doctor: what stands in the way of training, and whether a store is sound.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "orchestrator/commands/executor.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/environment/examine_machine.h"
#include "orchestrator/environment/examine_store.h"
#include "orchestrator/slurm/collect_now.h"
#include "orchestrator/slurm/examine_slurm.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
Looks at processors, memory, disk, driver and GPUs, the worker program and SQLite, and at a store:
the database is whole, states and attempts fit together, weights are there and unchanged (reads
every one of them), no folder or process is left over. Changes nothing. Exit code 4 with a problem.
With --executor slurm at a cluster instead of the GPUs here: its commands, its controller, how it is
set up, the sweep's partition, and whether the nodes can see the store.

Examples:
  radsweep doctor                      the machine, and the newest store below ./runs
  radsweep doctor runs/chexpert --json
  radsweep doctor --executor slurm --sweep sweeps/chexpert.yaml
)";

struct Options {
  std::optional<std::string> store;
  std::string sweep;  // its file; for the cluster
  Executor executor = Executor::local;
  bool json = false;
};

void print_text(const Findings& findings) {
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.subject.size());
  for (const Finding& finding : findings) {
    std::string level = to_string(finding.level);
    level.resize(9, ' ');
    std::string subject = finding.subject;
    subject.resize(width + 2, ' ');
    std::cout << level << subject << finding.text << '\n';
    if (!finding.fix.empty()) {
      std::cout << std::string(9 + width + 2, ' ') << "try: " << finding.fix << '\n';
    }
  }
}

void print_json(const Findings& findings) {
  auto list = nlohmann::json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"level", to_string(finding.level)},
                    {"subject", finding.subject},
                    {"text", finding.text},
                    {"fix", finding.fix}});
  }
  const nlohmann::json object = {{"findings", list}, {"ok", !has_problem(findings)}};
  std::cout << object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

// The store that is meant; without a name and without any store, none.
std::optional<Store> store_to_examine(const Options& options) {
  try {
    return find_store(options.store);
  } catch (const Error&) {
    if (options.store) throw;
    return std::nullopt;
  }
}

SlurmSettings slurm_settings(const Options& options, const std::optional<Store>& store) {
  if (!options.sweep.empty()) return read_sweep_file(options.sweep).slurm;
  return store ? slurm::settings_of(*store) : SlurmSettings{};
}

ExitCode examine(const Options& options) {
  const auto store = store_to_examine(options);
  const std::filesystem::path folder = store ? store->root() : std::filesystem::path("runs");
  Findings findings = options.executor == Executor::slurm
                          ? slurm::examine_slurm(slurm_settings(options, store), folder)
                          : examine_machine(inspect_machine(), folder);
  if (store) {
    const Findings more = examine_store(*store);
    findings.push_back({Finding::Level::ok, "store", store->root().string(), ""});
    findings.insert(findings.end(), more.begin(), more.end());
  }
  options.json ? print_json(findings) : print_text(findings);
  return has_problem(findings) ? ExitCode::environment : ExitCode::complete;
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("doctor", "Check the machine and a store");
  verb->footer(kFooter);
  verb->add_option("STORE", options->store, "Folder of a store, or its name below runs/");
  add_executor(*verb, options->executor);
  verb->add_option("--sweep", options->sweep, "A sweep file whose 'slurm:' the cluster must serve")
      ->type_name("FILE.yaml");
  verb->add_flag("--json", options->json)->description("The findings as JSON on stdout");
  verb->callback([options, &exit_code] { exit_code = static_cast<int>(examine(*options)); });
}

}  // namespace radsweep::orchestrator
