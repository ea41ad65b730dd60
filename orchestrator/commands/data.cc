// radsweep data: handed over to radsweep-worker, which knows images.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <string>
#include <vector>

#include "base/error.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/environment/prepare_data.h"

namespace radsweep::orchestrator {
namespace {

// Becomes the worker; returns only by throwing.
[[noreturn]] void hand_over(const std::string& verb, std::vector<std::string> words) {
  std::string program = worker_program().string();
  words.insert(words.begin(), verb);
  std::vector<char*> arguments{program.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  throw system_error("start the worker", program, errno);
}

}  // namespace

void add_data(CLI::App& app, int&) {
  CLI::App* verb = app.add_subcommand("data", "Check, prepare or generate data (see data --help)");
  verb->prefix_command();  // every word after it belongs to the worker, --help included
  verb->set_help_flag();
  verb->callback([verb] { hand_over("data", verb->remaining()); });
}

}  // namespace radsweep::orchestrator
