// radsweep-worker: what needs LibTorch or image code, run by `radsweep`, usable by hand.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/file_mode.h"
#include "code_version.h"
#include "worker/commands/bench.h"
#include "worker/commands/data.h"
#include "worker/commands/export.h"
#include "worker/commands/predict.h"
#include "worker/commands/train.h"
#include "worker/commands/weights.h"

int main(int argc, char** argv) {
  using namespace radsweep;
  keep_strangers_from_writing();
  CLI::App app("Trains one run of a sweep, and prepares data sets.", "radsweep-worker");
  app.set_version_flag("--version", std::string("radsweep-worker ") + kCodeVersion);
  app.require_subcommand(1);
  int exit_code = static_cast<int>(ExitCode::complete);
  commands::add_bench_verb(app, exit_code);
  commands::add_data_verbs(app, exit_code);
  commands::add_export_verb(app, exit_code);
  commands::add_predict_verb(app, exit_code);
  commands::add_train_verb(app, exit_code);
  commands::add_weights_verbs(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return app.exit(failure) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  } catch (const Error& failure) {
    std::cerr << "radsweep-worker: " << failure.what() << '\n';
    return static_cast<int>(failure.code());
  } catch (const std::filesystem::filesystem_error& failure) {
    std::cerr << "radsweep-worker: " << as_error(failure).what() << '\n';
    return static_cast<int>(ExitCode::environment);
  } catch (const std::exception& failure) {
    std::cerr << "radsweep-worker: internal error: " << failure.what() << '\n';
    return static_cast<int>(ExitCode::internal);
  }
  return exit_code;
}
