// radsweep logs: what a worker printed.
#include <poll.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/run_names.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

int newest_attempt(db::Database& database, const std::string& run) {
  const db::Table table =
      db::query(database, "SELECT attempts FROM runs WHERE run_id = ?1", {db::Value(run)});
  return static_cast<int>(std::get<std::int64_t>(table.rows.at(0).at(0)));
}

// Prints what `log` holds from `offset` on; returns where it ended.
std::streamoff print_from(const fs::path& log, std::streamoff offset) {
  std::ifstream file(log, std::ios::binary);
  file.seekg(offset);
  char buffer[16 * 1024];
  while (file.read(buffer, sizeof buffer), file.gcount() > 0) {
    std::cout.write(buffer, file.gcount());
    offset += file.gcount();
  }
  std::cout.flush();
  return offset;
}

void follow(const fs::path& folder) {
  std::streamoff offset = 0;
  while (true) {
    const bool lives = attempt::probe_alive_lock(folder).held;  // before reading: no last line lost
    offset = print_from(folder / attempt::kLogFile, offset);
    if (!lives) return;
    ::poll(nullptr, 0, 200);
  }
}

}  // namespace

void add_logs(CLI::App& app, int&) {
  struct Options {
    std::vector<std::string> words;
    std::optional<int> attempt;
    bool follow = false;
  };
  auto options = std::make_shared<Options>();  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("logs", "Print what a run's worker printed");
  verb->add_option("RUN", options->words, "[STORE] RUN, by name or unique beginning")->required();
  verb->add_option("--attempt", options->attempt, "Which attempt (default: the newest)");
  verb->add_flag("-f,--follow", options->follow)->description("Go on until the worker ends");
  verb->callback([options] {
    const auto [store, runs] = split_store_and_runs(options->words);
    if (runs.size() != 1) throw Error(ExitCode::usage, "print", "logs", "name one run");
    db::Database database = db::Database::open_for_reading(store.database());
    const std::string run = resolve_run(run_names(database), runs.front());
    const int newest = newest_attempt(database, run);
    const fs::path folder = store.attempt(run, options->attempt.value_or(newest));
    if (!fs::exists(folder / attempt::kLogFile)) {
      throw Error(ExitCode::usage, "print", (folder / attempt::kLogFile).string(),
                  newest == 0 ? "the run was never started" : "there is no such log",
                  newest == 0 ? "" : "--attempt 1 to " + std::to_string(newest));
    }
    options->follow ? follow(folder) : void(print_from(folder / attempt::kLogFile, 0));
  });
}

}  // namespace radsweep::orchestrator
