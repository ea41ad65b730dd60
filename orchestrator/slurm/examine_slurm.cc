#include "orchestrator/slurm/examine_slurm.h"

#include <string>
#include <vector>

#include "base/error.h"
#include "db/file_system.h"
#include "orchestrator/slurm/slurm_client.h"
#include "orchestrator/slurm/timed_command.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;
namespace {

using Level = Finding::Level;

class Exam {
 public:
  Exam(const SlurmSettings& settings, fs::path folder)
      : settings_(settings), folder_(std::move(folder)) {}

  Findings run() {
    if (!commands()) return std::move(findings_);
    munge();
    if (!controller()) return std::move(findings_);
    partition();
    queue();
    store();
    return std::move(findings_);
  }

 private:
  void add(Level level, std::string subject, std::string text, std::string fix = "") {
    findings_.push_back({level, std::move(subject), std::move(text), std::move(fix)});
  }

  // What the command prints; nullopt, with a problem added, when it fails.
  std::optional<std::string> ask(const std::vector<std::string>& words, const std::string& subject,
                                 const std::string& fix) {
    try {
      const CommandEnd end = run_command(words, settings_.sbatch_timeout_s);
      if (end.succeeded()) return end.output;
      add(Level::problem, subject, words[0] + ": " + complaint_of(end), fix);
    } catch (const Error& absent) {
      add(Level::problem, subject, words[0] + ": " + absent.why(), absent.hint());
    }
    return std::nullopt;
  }

  bool commands() {
    std::string versions;
    for (const char* program : {"sbatch", "squeue", "scancel", "scontrol"}) {
      const auto version =
          ask({program, "--version"}, "slurm commands", "repair Slurm's client programs here");
      if (!version) return false;
      versions = version->substr(0, version->find('\n'));
    }
    add(Level::ok, "slurm commands", "sbatch, squeue, scancel, scontrol: " + versions);
    return true;
  }

  // Where there is another authentication, munge need not be installed.
  void munge() {
    try {
      const CommandEnd end = run_command({"munge", "--no-input"}, settings_.sbatch_timeout_s);
      if (end.succeeded()) {
        add(Level::ok, "munge", "gives credentials");
      } else {
        add(Level::note, "munge", complaint_of(end),
            "if Slurm gives no answer below: start munged, with the cluster's key");
      }
    } catch (const Error&) {
      add(Level::note, "munge", "not on PATH; whether it works shows below");
    }
  }

  bool controller() {
    const auto ping = ask({"scontrol", "ping"}, "slurmctld",
                          "SLURM_CONF must name the cluster's slurm.conf, and slurmctld must run");
    if (!ping) return false;
    if (ping->find("UP") == std::string::npos) {
      add(Level::problem, "slurmctld", ping->substr(0, ping->find('\n')),
          "start slurmctld, or wait until the cluster's administrators did");
      return false;
    }
    SlurmConfig config;
    try {
      config = SlurmClient(settings_.sbatch_timeout_s).config();
    } catch (const Error& silent) {
      add(Level::problem, "slurmctld", silent.why(), silent.hint());
      return false;
    }
    add(Level::ok, "slurmctld",
        "up: cluster " + config.cluster + ", Slurm " + config.version + ", arrays of at most " +
            std::to_string(config.max_array_size) + " runs");
    if (config.requeue_exit.contains(75)) {
      add(Level::ok, "requeue", "Slurm puts what ends with 75 back into its queue (RequeueExit)");
    } else {
      add(Level::ok, "requeue",
          "RequeueExit lacks 75: runs that checkpoint and leave ask scontrol "
          "to put them back");
    }
    if (!config.requeues) {
      add(Level::note, "requeue", "JobRequeue=0: the cluster may refuse to start a job again",
          "radsweep run ... --executor slurm submits again what was lost");
    }
    constexpr int kShortKillWait_s = 30;
    add(config.kill_wait_s < kShortKillWait_s ? Level::note : Level::ok, "kill wait",
        std::to_string(config.kill_wait_s) + " s between TERM and KILL",
        config.kill_wait_s < kShortKillWait_s
            ? "a worker has that long to checkpoint when a job is cancelled or its time is over "
              "(it is told 180 s before its time limit)"
            : "");
    if (!config.preempt_mode.empty() && config.preempt_mode.find("OFF") == std::string::npos) {
      add(Level::ok, "preemption",
          config.preempt_mode + ": preempted runs checkpoint and continue");
    }
    return true;
  }

  void partition() {
    std::vector<std::string> words{"scontrol", "--oneliner", "show", "partition"};
    if (!settings_.partition.empty() && settings_.partition.find(',') == std::string::npos) {
      words.push_back(settings_.partition);
    }
    const auto text =
        ask(words, "partition", "`sinfo` lists the partitions; slurm: {partition: ..}");
    if (!text) return;
    const std::string name =
        settings_.partition.empty() ? "the cluster's default" : settings_.partition;
    if (settings_.partition.empty() && text->find("Default=YES") == std::string::npos) {
      add(Level::problem, "partition", "the cluster has no default partition",
          "name one: slurm: {partition: ..}; `sinfo` lists them");
      return;
    }
    std::string grace;
    if (const std::size_t at = text->find("GraceTime="); at != std::string::npos) {
      grace = ", preempted with " + text->substr(at + 10, text->find(' ', at) - at - 10) +
              " s of grace";
    }
    add(Level::ok, "partition", name + grace);
  }

  void queue() {
    try {
      SlurmClient(settings_.sbatch_timeout_s).queue();
      add(Level::ok, "queue", "squeue answers");
    } catch (const Error& silent) {
      add(Level::problem, "queue", silent.why(), silent.hint());
    }
  }

  void store() {
    fs::path nearest = fs::absolute(folder_).lexically_normal();
    while (!fs::exists(nearest) && nearest.has_relative_path()) nearest = nearest.parent_path();
    if (db::on_network_file_system(nearest)) {
      add(Level::ok, "store", nearest.string() + " is on a network file system");
    } else {
      add(Level::note, "store",
          nearest.string() +
              " is on a disk of this machine: the nodes must see it at the same path",
          "choose a folder that all nodes share: --store FOLDER");
    }
  }

  const SlurmSettings& settings_;
  fs::path folder_;
  Findings findings_;
};

}  // namespace

Findings examine_slurm(const SlurmSettings& settings, const fs::path& folder) {
  return Exam(settings, folder).run();
}

}  // namespace radsweep::orchestrator::slurm
