// A sandbox whose sweep runs on a Slurm cluster of its own: two nodes on this machine, cluster.py.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/process/sandbox.h"

namespace radsweep::test {

// Of anything that waits for Slurm: it decides in its own time, and a lost node takes it half a
// minute.
inline constexpr double kPatience_s = 180;

// eventually(), looking seldom enough to leave the processors to Slurm.
bool in_time(const std::function<bool()>& condition, double limit_s = kPatience_s);

// More of `slurm:`: no element starts before release().
inline constexpr const char* kLater = "extra: [--begin=now+1hour]";

class SlurmSandbox : public Sandbox {
 public:
  // `seeds`: as in Sandbox. `slurm`: more keys of the sweep's `slurm:`, "throttle: 1". `settings`:
  // of slurm.conf, "MaxArraySize=4"; an empty value leaves one out.
  explicit SlurmSandbox(int seeds, const std::string& slurm = "",
                        const std::vector<std::string>& settings = {});
  ~SlurmSandbox();

  // `radsweep run tiny.yaml --executor slurm MORE..`. `fake`: see fake_behaviour.h.
  Radsweep launch(const std::string& fake = "", const std::vector<std::string>& more = {});
  // launch() and wait for its end.
  std::optional<int> complete(const std::string& fake = "",
                              const std::vector<std::string>& more = {});
  // Any other command of radsweep, waited for.
  std::optional<int> say(const std::vector<std::string>& words);

  // What the workers are told so that they stop after a checkpoint until the gate opens; with
  // `until`, in attempts up to that one only.
  std::string held(const std::string& until = "until=1000") const;
  // Whether attempt `number` of a run has come to the gate or so.
  bool holds(const std::string& run, int number = 1) const;

  // Stdout of a shell line that may use Slurm's commands; "" when it failed.
  std::string shell(const std::string& line) const;
  // A verb of cluster.py with its arguments.
  void cluster(const std::string& verb, const std::string& node = "") const;
  // Has the controller save what it knows now, and later, without a warning, know only that.
  void save_controller() const;
  void restore_controller() const;
  void raise_controller() const;  // start it and wait until it knows its nodes
  // "1_0 RUNNING None" for each element that Slurm has not ended.
  std::vector<std::string> queue() const;
  bool queue_is_empty() const;
  // Starts what waits for its time: kLater.
  void release() const;
  // How many arrays Slurm has accepted.
  std::size_t arrays() const;
  // What the environment says of who works at an attempt now; "" when nobody does.
  std::string variable(const std::string& run, int number, const std::string& name) const;
  // "1_0": that element.
  std::string element(const std::string& run, int number = 1) const;

  // From now on the first sbatch hands its job over to Slurm and then behaves as these shell
  // lines say.
  void spoil_first_sbatch(const std::string& lines, bool hand_over = true) const;
  std::string sbatch_calls() const;
  // From now on what radsweep asks scancel for is noted down, a line each.
  void note_scancel() const;
  std::string scancel_calls() const;

  // That every run is done and sealed once, with the numbers of an undisturbed sweep, doctor finds
  // nothing, and neither jobs nor processes are left.
  void check_complete();
  void check_nothing_left() const;
  std::size_t done_results(const std::string& run) const;  // sealed ones, over all attempts

 private:
  std::filesystem::path cluster_folder() const { return cluster_ / "slurm"; }

  int seeds_;
  TempDir cluster_;
};

}  // namespace radsweep::test
