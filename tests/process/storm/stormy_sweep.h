// A sweep that is disturbed: its sandbox, the orchestrator that lives now, and who is held still.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/process/sandbox.h"
#include "tests/process/storm/dice.h"
#include "tests/process/storm/tally.h"

namespace radsweep::test {

// What kind of workers, and how fast things go with them.
struct Climate {
  std::string worker;  // the program
  std::string fake;    // fake_behaviour.h; of no effect on a real one
  int runs = 5;
  int longest_pause_ms = 100;       // between two disturbances
  double aim_s = 3;                 // how long to wait until an aimed blow has hit
  int kills_per_sweep = 25;         // then it may end in peace
  std::string worker_name() const;  // of the program, as the kernel sees it
};

class StormySweep {
 public:
  StormySweep(const Climate& climate, Dice& dice, Tally& tally,
              std::function<void(const std::string&)> tell);

  const Climate& climate;
  Dice& dice;
  Tally& tally;
  Sandbox sandbox;
  // What must not have happened, in words.
  std::vector<std::string> violations;

  // A sweep that has said it is complete takes no more disturbance.
  bool complete() const { return complete_; }
  // The living one; nullptr when there is none. Notes how the last one ended by itself.
  Process* orchestrator();
  // It, or a new one.
  Process& need_orchestrator(const Environment& changes = {});
  std::unique_ptr<Radsweep> another_orchestrator(const Environment& changes = {});
  void follow(std::unique_ptr<Radsweep> radsweep) { orchestrator_ = std::move(radsweep); }
  // Waits for its end; any other exit code than these is a violation.
  void expect_end(const std::set<int>& codes);
  // Workers that nobody holds still.
  std::vector<int> workers() const;
  // All that came from the sweep, without those.
  std::vector<int> processes() const;
  // That one run is trained by two processes is a violation.
  void look_for_twins();
  // Of all runs, until now.
  int attempts() const;
  // Whether the orchestrator holds the lock of its store, and has said so.
  bool owns_store() const;
  // Until it does, or has ended; that it does neither is a violation.
  void wait_until_owned();
  // What every process of the sweep believes the hour to be, from now on.
  void shift_clock(int seconds) const;

  // kill -9, counted when it hit a living process.
  void slay(int pid, const std::string& target, const std::string& how = "at random");
  // Ends the orchestrator, if there is one, and reaps it.
  void slay_orchestrator(const std::string& how = "at random");
  void pause();
  // A worker of an attempt that is given up, as on a host whose locks nobody sees: held still
  // until wake_outlived().
  void outlive(std::unique_ptr<Process> worker);
  void wake_outlived();

  // No more disturbance until the sweep is complete.
  void calm_down();
  void say(const std::string& what) const { tell_(what); }

 private:
  std::filesystem::path clock_file() const;
  std::map<std::string, std::vector<int>> workers_by_run() const;
  void note_end(int code, const std::set<int>& allowed);

  std::function<void(const std::string&)> tell_;
  std::unique_ptr<Radsweep> orchestrator_;
  std::vector<std::unique_ptr<Process>> outlived_;
  bool complete_ = false;
};

}  // namespace radsweep::test
