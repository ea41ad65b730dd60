#include "orchestrator/slurm/show_script.h"

#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <set>

#include "orchestrator/environment/check_programs.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/record_sweep.h"
#include "orchestrator/slurm/batch_script.h"
#include "orchestrator/slurm/run_on_slurm.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;

void show_script(const std::string& file, const std::optional<std::string>& store_name) {
  const Sweep sweep = read_sweep_file(file);
  const Store store(store_name ? fs::path(*store_name) : fs::path("runs") / sweep.name);
  const std::vector<PlannedRun> runs = check_inputs_for_slurm(sweep, store);
  std::set<std::string> done;
  if (fs::exists(store.database())) {
    db::Database database = db::Database::open_for_reading(store.database());
    done = done_runs(database);
  }
  std::map<int, int, std::greater<>> to_do;  // runs, by their GPUs
  for (const PlannedRun& run : runs) {
    if (!done.contains(run.row.identity)) ++to_do[run.row.gpus];
  }
  if (to_do.empty()) {
    std::cerr << "radsweep: all " << runs.size() << " runs are done: nothing would be submitted\n";
    return;
  }
  const std::string uuid = "UUID";
  const fs::path folder = fs::absolute(store.root()).lexically_normal() / "submissions" / uuid;
  for (const auto& [ranks, elements] : to_do) {
    std::cout << batch_script(sweep,
                              {uuid, folder, fs::read_symlink("/proc/self/exe"),
                               sweep.trainer ? "" : worker_program().string(), elements, ranks});
  }
  for (const std::string& note : slurm_notes(sweep)) std::cerr << "radsweep: " << note << '\n';
  std::cerr << "radsweep: UUID stands for the name that the submission will have; runs that are in "
               "Slurm already are not submitted again\n";
}

}  // namespace radsweep::orchestrator::slurm
