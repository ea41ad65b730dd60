// storm: disturbs sweeps until so many of their processes were killed with -9, and checks each
// sweep against an undisturbed one. Exit code 1, with the seed, when anything differs.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "tests/process/storm/disturbances.h"
#include "tests/process/storm/verdict.h"

using namespace radsweep::test;

namespace {

struct Options {
  int kills = 200;
  unsigned seed = 1;
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

std::vector<std::string> undisturbed(const Climate& climate) {
  Sandbox sandbox(climate.runs, 3, {{"RADSWEEP_WORKER", climate.worker}});
  Radsweep radsweep = sandbox.start(climate.fake);
  if (radsweep.wait(120) != 0) throw std::runtime_error("undisturbed: " + radsweep.errors());
  return sandbox.numbers();
}

// Disturbs one sweep until it is complete, then says what is wrong with it.
std::vector<std::string> weather(StormySweep& sweep, int most_kills,
                                 const std::vector<std::string>& numbers) {
  const int before = sweep.tally.kills();
  const auto strike = [&](const Disturbance& one) {
    sweep.say(one.name);
    one.strike(sweep);
  };
  strike(draw(sweep.dice, beginnings()));
  while (!sweep.complete() && sweep.violations.empty() &&
         sweep.tally.kills() - before < most_kills) {
    strike(draw(sweep.dice, disturbances()));
  }
  sweep.calm_down();
  if (!sweep.violations.empty()) return sweep.violations;
  const int attempts = std::stoi(sweep.sandbox.ask_one("SELECT count(*) FROM attempt"));
  sweep.tally.finished(sweep.climate.runs, attempts);
  return flaws_of(sweep.sandbox, numbers);
}

int storm(const Options& options) {
  const Climate climate = climate_of(options);
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const std::vector<std::string> numbers = undisturbed(climate);
  Dice dice(options.seed);
  Tally tally;
  while (tally.kills() < options.kills) {
    StormySweep sweep(climate, dice, tally, [&](const std::string& what) {
      std::printf("%7.1f s  %4d kills  %s\n", seconds(), tally.kills(), what.c_str());
      std::fflush(stdout);
    });
    const int left = options.kills - tally.kills();
    const auto flaws = weather(sweep, std::min(left, climate.kills_per_sweep), numbers);
    for (const std::string& flaw : flaws) std::cout << "VIOLATION: " << flaw << '\n';
    if (!flaws.empty()) {
      std::cout << "again with: storm --kills " << options.kills << " --seed " << options.seed
                << (options.real ? " --real" : "") << std::endl;
      return 1;
    }
    sweep.say("sweep complete: as if nothing had happened");
  }
  std::cout << '\n';
  tally.print(std::cout);
  std::printf("%-12s%-56s%6d\n%-12s%-56s%6.0f\n", "", "violations, numbers that differ", 0, "",
              "seconds", seconds());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Disturbs sweeps and checks that nothing is lost, doubled or left behind");
  app.add_option("--kills", options.kills, "Processes to end with kill -9")->capture_default_str();
  app.add_option("--seed", options.seed, "Decides what happens when")->capture_default_str();
  app.add_flag("--real", options.real, "Real trainings instead of fake workers");
  CLI11_PARSE(app, argc, argv);
  try {
    return storm(options);
  } catch (const std::exception& failure) {
    std::cerr << "storm: " << failure.what() << '\n';
    return 1;
  }
}
