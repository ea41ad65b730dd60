#include "orchestrator/slurm/batch_script.h"

#include <algorithm>

#include "base/error.h"
#include "orchestrator/slurm/submission.h"
#include "orchestrator/slurm/task.h"

namespace radsweep::orchestrator::slurm {
namespace {

// Seconds before its time limit that a run is told to leave. The controller looks at limits every
// half minute and may signal a minute early.
constexpr int kWarning_s = 180;

// For a shell: '...', with every ' as '\''.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// In a #SBATCH line, where % means the job's numbers.
std::string in_option(const std::filesystem::path& folder) {
  std::string text;
  for (const char c : folder.string()) {
    if (c == '"' || c == '\\' || c == '\n') {
      throw Error(ExitCode::usage, "write a batch script for", folder.string(),
                  "sbatch takes no quotation mark, backslash or line break in a path",
                  "choose another folder: --store FOLDER");
    }
    text += c == '%' ? std::string("%%") : std::string(1, c);
  }
  return text;
}

class Lines {
 public:
  void option(const std::string& text) { text_ += "#SBATCH " + text + "\n"; }
  void option(const std::string& name, const std::string& value) {
    if (!value.empty()) option(name + "=" + value);
  }
  void line(const std::string& text) { text_ += text + "\n"; }
  std::string text() const { return text_; }

 private:
  std::string text_ = "#!/bin/sh\n";
};

std::string array_of(const BatchScript& script, const SlurmSettings& slurm) {
  const std::string range = "0-" + std::to_string(script.elements - 1);
  return slurm.throttle ? range + "%" + std::to_string(*slurm.throttle) : range;
}

void ask_for_resources(Lines& lines, const Sweep& sweep, int ranks) {
  const SlurmSettings& slurm = sweep.slurm;
  lines.option("--partition", slurm.partition);
  lines.option("--time", slurm.time);
  lines.option("--nodes=1");
  lines.option("--ntasks=1");
  if (const int gpus = gpus_of_run(sweep, ranks); gpus > 0) {
    lines.option("--gpus", std::to_string(gpus));
  }
  if (slurm.cpus) lines.option("--cpus-per-task", std::to_string(*slurm.cpus));
  lines.option("--mem", slurm.memory);
}

}  // namespace

int gpus_of_run(const Sweep& sweep, int ranks) {
  if (sweep.slurm.gpus) return *sweep.slurm.gpus;
  return sweep.resources.cpu_slots ? 0 : ranks;
}

std::string batch_script(const Sweep& sweep, const BatchScript& script) {
  Lines lines;
  lines.option("--job-name", sweep.name);
  lines.option("--comment", script.submission);
  lines.option("--array", array_of(script, sweep.slurm));
  lines.option("--output=\"" + in_option(script.folder) + "/" + kElementLogs + "\"");
  lines.option("--open-mode=append");
  lines.option("--requeue");
  lines.option("--signal=B:USR1@" + std::to_string(kWarning_s));
  ask_for_resources(lines, sweep, script.ranks);
  for (const std::string& option : sweep.slurm.extra) lines.option(option);
  if (!sweep.slurm.setup.empty()) {
    lines.line("set -e");
    for (const std::string& line : sweep.slurm.setup) lines.line(line);
  }
  if (!script.worker.empty()) lines.line("export RADSWEEP_WORKER=" + quoted(script.worker));
  // In its place, so that Slurm's signals reach it.
  lines.line("exec " + quoted(script.program.string()) + " " + kTaskVerb + " " +
             quoted(script.folder.string()));
  return lines.text();
}

}  // namespace radsweep::orchestrator::slurm
