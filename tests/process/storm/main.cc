// storm: disturbs sweeps until so many of their processes were killed with -9, and checks each
// sweep against an undisturbed one. Exit code 1, with the seed, when anything differs.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>

#include "tests/process/storm/disturbances.h"
#include "tests/process/storm/holds.h"
#include "tests/process/storm/rivals.h"
#include "tests/process/storm/verdict.h"

using namespace radsweep::test;

namespace {

using Flaws = std::vector<std::string>;
using Numbers = std::vector<std::string>;

struct Options {
  int kills = 200;
  unsigned seed = 1;
  double lock_s = 60;
  bool real = false;
};

Climate climate_of(const Options& options) {
  Climate climate{.worker = FAKE_WORKER_PROGRAM, .fake = "steps=12 step_ms=4"};
  if (options.real) {
    if (!*REAL_WORKER_PROGRAM) throw std::runtime_error("this build has no worker that trains");
    climate.worker = REAL_WORKER_PROGRAM;
    climate.runs = 4;
    climate.longest_pause_ms = 1000;
    climate.aim_s = 10;
  }
  return climate;
}

Numbers undisturbed(const Climate& climate) {
  Sandbox sandbox(climate.runs, 3, {{"RADSWEEP_WORKER", climate.worker}});
  Radsweep radsweep = sandbox.start(climate.fake);
  if (radsweep.wait(120) != 0) throw std::runtime_error("undisturbed: " + radsweep.errors());
  return sandbox.numbers();
}

// Brings the sweep to its end, then says what is wrong with it.
Flaws examine(StormySweep& sweep, const Numbers& numbers) {
  sweep.calm_down();
  if (!sweep.violations.empty()) return sweep.violations;
  sweep.tally.finished(sweep.climate.runs, sweep.attempts());
  return flaws_of(sweep.sandbox, numbers);
}

// Disturbs one sweep until it is complete.
Flaws weather(StormySweep& sweep, int most_kills, const Numbers& numbers) {
  const int before = sweep.tally.kills();
  const auto strike = [&](const Disturbance& one) {
    sweep.say(one.name);
    one.strike(sweep);
  };
  strike(draw(sweep.dice, beginnings()));
  while (!sweep.complete() && sweep.violations.empty() &&
         sweep.tally.kills() - before < most_kills) {
    strike(draw(sweep.dice, disturbances()));
    sweep.look_for_twins();
  }
  return examine(sweep, numbers);
}

// A sweep that bears this without a single attempt more.
Flaws unshaken(StormySweep& sweep, const std::string& name, const Numbers& numbers,
               const std::function<void(StormySweep&)>& trial) {
  sweep.say(name);
  trial(sweep);
  if (sweep.attempts() != sweep.climate.runs) {
    sweep.violations.push_back("attempts were lost to " + name);
  }
  return examine(sweep, numbers);
}

class Storm {
 public:
  explicit Storm(const Options& options)
      : options_(options),
        climate_(climate_of(options)),
        numbers_(undisturbed(climate_)),
        dice_(options.seed) {}

  int run() {
    const double lock_s = options_.lock_s;
    bool sound = in_new_sweep([&](StormySweep& sweep) {
      return unshaken(sweep, "five orchestrators at once", numbers_, only_five_at_once);
    });
    sound = sound && in_new_sweep([&](StormySweep& sweep) {
              return unshaken(sweep, "jumps of the clock", numbers_, only_clock_jumps);
            });
    sound = sound && in_new_sweep([&](StormySweep& sweep) {
              return unshaken(sweep, "a database that stays locked", numbers_,
                              [&](StormySweep& one) { only_a_long_lock(one, lock_s); });
            });
    while (sound && tally_.kills() < options_.kills) {
      const int most = std::min(options_.kills - tally_.kills(), climate_.kills_per_sweep);
      sound = in_new_sweep([&](StormySweep& sweep) { return weather(sweep, most, numbers_); });
    }
    return sound ? report() : 1;
  }

 private:
  bool in_new_sweep(const std::function<Flaws(StormySweep&)>& happens) {
    StormySweep sweep(climate_, dice_, tally_, [this](const std::string& what) {
      std::printf("%7.1f s  %4d kills  %s\n", seconds(), tally_.kills(), what.c_str());
      std::fflush(stdout);
    });
    const Flaws flaws = happens(sweep);
    for (const std::string& flaw : flaws) std::cout << "VIOLATION: " << flaw << '\n';
    if (flaws.empty()) {
      sweep.say("sweep complete: as if nothing had happened");
    } else {
      std::cout << "again with: storm --kills " << options_.kills << " --seed " << options_.seed
                << (options_.real ? " --real" : "") << std::endl;
    }
    return flaws.empty();
  }

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  int report() const {
    std::cout << '\n';
    tally_.print(std::cout);
    std::printf("%-12s%-56s%6d\n%-12s%-56s%6.0f\n", "", "violations, numbers that differ", 0, "",
                "seconds", seconds());
    return 0;
  }

  Options options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Climate climate_;
  Numbers numbers_;
  Dice dice_;
  Tally tally_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Disturbs sweeps and checks that nothing is lost, doubled or left behind");
  app.add_option("--kills", options.kills, "Processes to end with kill -9")->capture_default_str();
  app.add_option("--seed", options.seed, "Decides what happens when")->capture_default_str();
  app.add_option("--lock-s", options.lock_s, "How long another program holds the database")
      ->capture_default_str();
  app.add_flag("--real", options.real, "Real trainings instead of fake workers");
  CLI11_PARSE(app, argc, argv);
  try {
    return Storm(options).run();
  } catch (const std::exception& failure) {
    std::cerr << "storm: " << failure.what() << '\n';
    return 1;
  }
}
