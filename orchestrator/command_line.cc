#include "orchestrator/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/nearest_name.h"
#include "code_version.h"
#include "orchestrator/commands/complete.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/slurm/task.h"
#include "worker/attempt/attempt_files.h"
#include "worker/wrap/wrap.h"

namespace radsweep::orchestrator {
namespace {

constexpr const char* kFooter = R"(
Examples:
  radsweep init                                a sweep file to start from
  radsweep run sweeps/chexpert.yaml            start, or continue after anything
  radsweep run sweeps/chexpert.yaml --detach   the same, surviving the terminal
  radsweep status                              where the newest sweep stands
  radsweep results --format csv                mean and std of every cell
  radsweep stop                                checkpoint and stop; run continues later

Exit codes:
    0  complete                       1  internal error
    2  usage or bad sweep file        3  the sweep ended with failed runs
    4  environment unusable           5  another orchestrator owns this store
   75  stopped in good order         130  second Ctrl-C
)";

void add_verbs(CLI::App& app, int& exit_code) {
  add_init(app, exit_code);
  add_run(app, exit_code);
  add_plan(app, exit_code);
  add_bench(app, exit_code);
  add_status(app, exit_code);
  add_watch(app, exit_code);
  add_why(app, exit_code);
  add_results(app, exit_code);
  add_report(app, exit_code);
  add_serve(app, exit_code);
  add_predict(app, exit_code);
  add_sql(app, exit_code);
  add_logs(app, exit_code);
  add_log(app, exit_code);
  add_retry(app, exit_code);
  add_cancel(app, exit_code);
  add_stop(app, exit_code);
  add_data(app, exit_code);
  add_weights(app, exit_code);
  add_export(app, exit_code);
  add_schema(app, exit_code);
  add_doctor(app, exit_code);
  add_completion(app, exit_code);
  add_man(app, exit_code);
  add_version(app, exit_code);
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> flag_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// The verb that was reached, "data check" below "data"; the application itself without one.
const CLI::App& reached(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : reached(*chosen.front());
}

// "radsweep data check"
std::string full_name(const CLI::App& verb) {
  return verb.get_parent() ? full_name(*verb.get_parent()) + " " + verb.get_name()
                           : verb.get_name();
}

// What was meant instead of a verb that there is not.
std::string instead_of(const std::string& word, const CLI::App& verb) {
  if (word == "help") return " (did you mean '--help'?)";
  if (!verb.get_parent() && word.ends_with(".yaml")) {
    return " (did you mean 'radsweep run " + word + "'?)";
  }
  return did_you_mean(word, verb_names(verb));
}

// What the parser could not place, in words; empty when there is nothing of the kind.
std::string unknown_word(const CLI::App& app) {
  const std::vector<std::string> left = app.remaining(/*recurse=*/true);
  if (left.empty()) return "";
  const std::string word = left.front().substr(0, left.front().find('='));
  const CLI::App& verb = reached(app);
  if (word.rfind('-', 0) == 0) {
    return "unknown option '" + word + "'" + did_you_mean(word, flag_names(verb));
  }
  if (!verb_names(verb).empty()) {
    return "unknown command '" + word + "'" + instead_of(word, verb);
  }
  return "'" + word + "' is one word too many for '" + full_name(verb) + "'";
}

std::string missing_verb(const CLI::App& verb) {
  if (!verb.get_parent()) return "a command is missing";
  return "'" + full_name(verb) + "' needs one of: " + CLI::detail::join(verb_names(verb), ", ");
}

// CLI11 has its own exit codes (105, 109, ...); ours is 2 for all of them.
int explain(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help and --version
  std::string why = unknown_word(app);
  if (why.empty())
    why = verb_names(reached(app)).empty() ? error.what() : missing_verb(reached(app));
  std::cerr << "radsweep: " << why << '\n' << "  try: " << full_name(reached(app)) << " --help\n";
  return static_cast<int>(ExitCode::usage);
}

// The question of a shell's completion script.
int answer_completion(const CLI::App& app, const std::vector<std::string>& words) {
  std::cout << to_lines(complete(app, words)) << std::flush;
  return static_cast<int>(ExitCode::complete);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app(
      "radsweep trains a grid of runs on all GPUs of a machine, survives interruption, "
      "and answers questions about the results in SQL.",
      "radsweep");
  app.set_version_flag("--version", std::string("radsweep ") + kCodeVersion);
  app.footer(kFooter);
  app.require_subcommand(1);
  int exit_code = static_cast<int>(ExitCode::complete);
  add_verbs(app, exit_code);
  if (argc > 1 && std::string(argv[1]) == kCompleteWord) {
    return answer_completion(app, {argv + 2, argv + argc});
  }
  // not a verb for people: what `radsweep run` starts where the sweep names a program
  if (argc == 3 && std::string(argv[1]) == attempt::kWrapVerb) return wrap::wrap(argv[2]);
  // nor this: what a batch script of `run --executor slurm` becomes on a node
  if (argc == 3 && std::string(argv[1]) == slurm::kTaskVerb) return slurm::run_task(argv[2]);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return explain(app, error);
  }
  return exit_code;
}

}  // namespace radsweep::orchestrator
