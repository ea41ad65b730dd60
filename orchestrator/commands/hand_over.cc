#include "orchestrator/commands/hand_over.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/environment/prepare_data.h"

namespace radsweep::orchestrator {

void hand_over(const std::string& verb, std::vector<std::string> words) {
  std::string program = worker_program().string();
  words.insert(words.begin(), verb);
  std::vector<char*> arguments{program.data()};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  throw system_error("start the worker", program, errno);
}

void add_handed_over(CLI::App& verb, const std::string& name, const std::string& description) {
  CLI::App* inner = verb.add_subcommand(name, description);
  inner->prefix_command();
  inner->set_help_flag();
  inner->callback([&verb, inner, name] {
    std::vector<std::string> words = inner->remaining();
    words.insert(words.begin(), name);
    hand_over(verb.get_name(), words);
  });
}

void require_own_weights(db::Database& database, const std::string& run, const std::string& doing) {
  const db::Table table = db::query(database,
                                    "SELECT 1 FROM runs WHERE run_id = ?1"
                                    " AND json_extract(config, '$.objective') IS NOT NULL",
                                    {db::Value(run)});
  if (table.rows.empty()) return;
  throw Error(ExitCode::usage, doing, run, "a program of your own trained it and keeps its weights",
              "its files are in " + run + "/checkpoint of the store");
}

}  // namespace radsweep::orchestrator
