// radsweep man: the manual page.
#include <CLI/CLI.hpp>
#include <iostream>

#include "code_version.h"
#include "orchestrator/commands/man_page.h"
#include "orchestrator/commands/verbs.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
The page holds what every --help says, in the language of man(1).

Examples:
  radsweep man | man -l -                                           read it
  radsweep man > ~/.local/share/man/man1/radsweep.1                 for `man radsweep`
)";

}  // namespace

void add_man(CLI::App& app, int&) {
  CLI::App* verb = app.add_subcommand("man", "Print the manual page");
  verb->footer(kFooter);
  verb->callback([&app] { std::cout << man_page(app, kVersion) << std::flush; });
}

}  // namespace radsweep::orchestrator
