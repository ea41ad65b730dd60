#include "worker/commands/train.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "base/durable_file.h"
#include "base/error.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/spec.h"
#include "worker/train/attempt_run.h"

namespace radsweep::commands {
namespace {

// Without a result to seal the exit code has to tell: a spec that cannot be used is not retried, a
// bug as often as the sweep allows, anything else may be better after a pause.
attempt::WorkerExit run_or_explain(const std::string& folder, int rank) {
  try {
    return rank == 0 ? train::run_attempt(folder) : train::run_rank(folder, rank);
  } catch (const Error& failure) {
    std::cerr << "radsweep-worker: " << failure.what() << '\n';
    return failure.code() == ExitCode::usage ? attempt::WorkerExit::bad_spec
                                             : attempt::WorkerExit::io;
  } catch (const std::filesystem::filesystem_error& failure) {
    std::cerr << "radsweep-worker: " << as_error(failure).what() << '\n';
    return attempt::WorkerExit::io;
  } catch (const std::exception& failure) {
    std::cerr << "radsweep-worker: " << failure.what() << '\n';
    return attempt::WorkerExit::failed;
  }
}

}  // namespace

void add_train_verb(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("train", "Train one run in one attempt folder");
  const auto folder = std::make_shared<std::string>();
  verb->add_option("ATTEMPT_FOLDER", *folder, "Folder with the attempt's spec.json")->required();
  const auto rank = std::make_shared<int>(0);
  verb->add_option("--rank", *rank, "Given by radsweep-worker itself, which starts the other ranks")
      ->check(CLI::Range(0, attempt::kMostRanks - 1));
  verb->footer(
      "Exit codes: 0 done, 64 bad spec, 65 bad data, 69 wrong or unusable GPU, 70 failed (memory, "
      "NaN, bug),\n74 disk, 75 stopped and checkpointed; result.json says more.");
  verb->callback(
      [folder, rank, &exit_code] { exit_code = static_cast<int>(run_or_explain(*folder, *rank)); });
}

}  // namespace radsweep::commands
