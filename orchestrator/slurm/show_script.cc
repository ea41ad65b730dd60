#include "orchestrator/slurm/show_script.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
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
  const auto to_do = std::ranges::count_if(
      runs, [&done](const PlannedRun& run) { return !done.contains(run.row.identity); });
  if (to_do == 0) {
    std::cerr << "radsweep: all " << runs.size() << " runs are done: nothing would be submitted\n";
    return;
  }
  const std::string uuid = "UUID";
  const fs::path folder = fs::absolute(store.root()).lexically_normal() / "submissions" / uuid;
  std::cout << batch_script(
      sweep, {uuid, folder, fs::read_symlink("/proc/self/exe"),
              sweep.trainer ? "" : worker_program().string(), static_cast<int>(to_do)});
  for (const std::string& note : slurm_notes(sweep)) std::cerr << "radsweep: " << note << '\n';
  std::cerr << "radsweep: UUID stands for the name that the submission will have; runs that are in "
               "Slurm already are not submitted again\n";
}

}  // namespace radsweep::orchestrator::slurm
