// radsweep init: a first sweep file.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/durable_file.h"
#include "base/error.h"
#include "orchestrator/commands/verbs.h"
#include "orchestrator/sweep/sweep_schema.h"
#include "orchestrator/sweep/sweep_template.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

// Under a name that is taken nothing is written, whoever took it and when.
void write_new_file(const fs::path& file, const std::string& text) {
  if (file.has_parent_path()) create_folders(file.parent_path());
  const fs::path draft = file.string() + "." + std::to_string(::getpid());
  write_file(draft, [&](const ByteSink& sink) { sink(text); });
  const int failure = ::link(draft.c_str(), file.c_str()) == 0 ? 0 : errno;
  ::unlink(draft.c_str());
  if (failure == 0) return;
  if (failure != EEXIST) throw system_error("write the sweep file", file.string(), failure);
  throw Error(ExitCode::usage, "write the sweep file", file.string(),
              "it exists, and is not overwritten",
              "radsweep plan " + file.string() + ", or name another file: radsweep init FILE");
}

void write_sweep_file(const fs::path& file) {
  write_new_file(file, new_sweep_file(file.filename().string()));
  const fs::path schema = file.parent_path() / kSchemaFile;  // generated: always this program's
  replace_file(schema, sweep_schema().dump(2) + "\n");
  std::cout << file.string() << std::endl;
  std::cerr << "radsweep: wrote " << file.string() << ", and " << schema.string()
            << " for editors that know YAML\n"
            << "  edit it, it explains itself; as it is it trains 4 small runs\n"
            << "  then: radsweep plan " << file.string() << "    what it would do\n"
            << "        radsweep run " << file.string() << "     start, or continue\n";
}

constexpr const char* kFooter = R"(
The file names every key with its default and trains four small runs as it is. It is never
overwritten; `-` prints it instead. Beside it goes radsweep.schema.json, for completion and errors
in editors (see radsweep schema).

Examples:
  radsweep init
  radsweep init sweeps/edema.yaml
)";

}  // namespace

void add_init(CLI::App& app, int&) {
  auto file = std::make_shared<std::string>("sweep.yaml");  // lives as long as the callback
  CLI::App* verb = app.add_subcommand("init", "Write a commented sweep file to start from");
  verb->footer(kFooter);
  verb->add_option("FILE", *file, "The file to write")
      ->capture_default_str()
      ->type_name("FILE.yaml");
  verb->callback([file] {
    if (*file == "-") {
      std::cout << new_sweep_file("") << std::flush;
    } else {
      write_sweep_file(*file);
    }
  });
}

}  // namespace radsweep::orchestrator
