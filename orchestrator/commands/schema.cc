// radsweep schema: what a sweep file may say, for editors.
#include <CLI/CLI.hpp>
#include <iostream>

#include "orchestrator/commands/verbs.h"
#include "orchestrator/sweep/sweep_schema.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
`radsweep init` writes it beside a new sweep file, whose first line tells the YAML language server
(VS Code, Neovim, Emacs, ...) of it: completion, explanations and errors while typing. For a file
of your own, add that line on top:
  # yaml-language-server: $schema=radsweep.schema.json

Examples:
  radsweep schema > radsweep.schema.json
)";

}  // namespace

void add_schema(CLI::App& app, int&) {
  CLI::App* verb = app.add_subcommand("schema", "Print the JSON schema of sweep files");
  verb->footer(kFooter);
  verb->callback([] { std::cout << sweep_schema().dump(2) << std::endl; });
}

}  // namespace radsweep::orchestrator
