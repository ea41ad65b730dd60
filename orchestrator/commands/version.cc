// radsweep version: which build this is.
#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "code_version.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {

void add_version(CLI::App& app, int&) {
  CLI::App* verb =
      app.add_subcommand("version", "Print the version and the commit it was built from");
  verb->footer("\nExamples:\n  radsweep version --json\n");
  CLI::Option* json = verb->add_flag("--json")->description("As JSON");
  verb->callback([json] {
    if (json->count() > 0) {
      std::cout << nlohmann::json{{"version", kVersion}, {"code_version", kCodeVersion}}.dump()
                << '\n';
    } else {
      std::cout << "radsweep " << kCodeVersion << '\n';
    }
  });
}

}  // namespace radsweep::orchestrator
