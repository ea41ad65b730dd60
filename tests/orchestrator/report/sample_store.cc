// Leaves a small finished sweep in a folder, for tests that are not C++.
// usage: sample_store FOLDER
#include <iostream>

#include "tests/orchestrator/report/sample_sweep.h"

int main(int argc, char** argv) {
  using namespace radsweep::test;
  if (argc != 2) {
    std::cerr << "usage: sample_store FOLDER\n";
    return 2;
  }
  std::vector<SampleRun> runs;
  for (const char* architecture : {"densenet121", "densenet161"}) {
    for (const int resolution : {160, 320, 480}) {
      for (std::int64_t seed = 1; seed <= 3; ++seed) {
        const Fate fate = resolution == 480 && seed == 3 ? Fate::failed : Fate::done;
        const double auc = 0.78 + resolution * 1e-4 + static_cast<double>(seed) * 1e-3;
        runs.push_back({resolution, architecture, seed, fate, auc});
      }
    }
  }
  SampleSweep sweep(runs);
  sweep.database().back_up();  // a consistent copy without the journal
  std::filesystem::create_directories(argv[1]);
  std::filesystem::copy_file(sweep.folder() / "sweep.db.backup",
                             std::filesystem::path(argv[1]) / "sweep.db");
}
