#include "orchestrator/slurm/slurm_client.h"

#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "orchestrator/slurm/timed_command.h"

namespace radsweep::orchestrator::slurm {
namespace {

constexpr std::size_t kElementsOfOneCall = 500;  // a command line has an end

std::string shown(double seconds) {
  return std::to_string(static_cast<int>(seconds)) + " s";
}

// "12" or, on a federation of clusters, "12;name".
std::string job_number(const std::string& output) {
  const std::size_t end = output.find_first_not_of("0123456789");
  return output.substr(0, end);
}

// Whether scancel failed because there was nothing left to end: quiet about it, or not.
bool are_gone(const CommandEnd& end) {
  if (end.timed_out || end.term_signal != 0) return false;
  return end.errors.empty() || end.errors.find("Invalid job id") != std::string::npos ||
         end.errors.find("already completing") != std::string::npos;
}

}  // namespace

void SlurmClient::require_answer(const std::vector<std::string>& words,
                                 const CommandEnd& end) const {
  if (end.succeeded()) return;
  const std::string command = words.size() > 1 ? words[0] + " " + words[1] : words[0];
  if (end.timed_out) {
    throw Error(ExitCode::environment, "ask Slurm by", command,
                "it gave no answer within " + shown(timeout_s_),
                "slurm: {sbatch_timeout_s: ..} waits longer; `radsweep doctor --executor slurm` "
                "looks at the cluster");
  }
  throw Error(ExitCode::environment, "ask Slurm by", command, complaint_of(end),
              "`radsweep doctor --executor slurm` looks at the cluster");
}

std::string SlurmClient::ask(const std::vector<std::string>& words) const {
  const CommandEnd end = run_command(words, timeout_s_);
  require_answer(words, end);
  return end.output;
}

SlurmConfig SlurmClient::config() const {
  return parse_config(ask({"scontrol", "show", "config"}));
}

QueueView SlurmClient::queue() const {
  return parse_queue(
      ask({"squeue", "--noheader", "--array", "--states=all",
           "--user=" + std::to_string(::geteuid()), std::string("--format=") + kQueueFormat}));
}

std::string SlurmClient::submit(const std::filesystem::path& script) const {
  const CommandEnd end = run_command({"sbatch", "--parsable", script.string()}, timeout_s_);
  const std::string job = end.succeeded() ? job_number(end.output) : "";
  if (!job.empty()) return job;
  throw Error(ExitCode::environment, "submit", script.string(), complaint_of(end),
              "mend 'slurm:' in the sweep file; `radsweep doctor --executor slurm --sweep FILE` "
              "looks at the cluster");
}

void SlurmClient::requeue(const std::string& element) const {
  ask({"scontrol", "requeue", element});
}

void SlurmClient::end(const std::vector<const Element*>& elements, Ending how) const {
  for (std::size_t begin = 0; begin < elements.size(); begin += kElementsOfOneCall) {
    std::vector<std::string> words{"scancel", "--quiet"};
    if (how == Ending::checkpoint) words.insert(words.end(), {"--batch", "--signal=TERM"});
    const std::size_t last = std::min(elements.size(), begin + kElementsOfOneCall);
    for (std::size_t i = begin; i < last; ++i) words.push_back(elements[i]->id());
    const CommandEnd end = run_command(words, timeout_s_);
    // While a job changes its state scancel tries again for long; it was told the first time.
    const bool may_be_told = how == Ending::checkpoint && end.timed_out;
    if (!may_be_told && !are_gone(end)) require_answer(words, end);
  }
}

}  // namespace radsweep::orchestrator::slurm
