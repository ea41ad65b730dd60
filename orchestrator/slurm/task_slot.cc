#include "orchestrator/slurm/task_slot.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"
#include "orchestrator/environment/joined_slot.h"

namespace radsweep::orchestrator::slurm {
namespace {

void limit(attempt::Slot& slot, int threads) {
  slot.cpus.clear();
  slot.threads = std::max(1, threads);
}

}  // namespace

attempt::Slot slot_of_task(const Shape& shape, std::optional<int> processors,
                           const Machine& machine) {
  Resources resources;
  resources.gpus_per_run = shape.ranks;
  SlotOptions options;
  if (shape.gpus == 0) {
    options.gpus = {"none"};
    options.cpu_slots = 1;
  }
  std::vector<SlotPlan> plans = plan_slots(resources, options, machine).slots;
  ensure(std::cmp_greater_equal(plans.size(), shape.ranks), "a slot for each rank");
  plans.resize(static_cast<std::size_t>(shape.ranks));
  attempt::Slot slot = join(plans).slot;
  if (shape.gpus > 0 && slot.gpu_uuid.empty()) {
    throw Error(ExitCode::environment, "use", "the GPU that Slurm gave",
                machine.gpus.gpus.empty() ? machine.gpus.why_none
                                          : "CUDA_VISIBLE_DEVICES hides all of the node's",
                "run nvidia-smi in a job on that node; slurm: {gpus: 0} trains on processors");
  }
  if (processors && *processors < machine.cpus.usable()) {
    const int each = *processors / slot.ranks();
    limit(slot, each);
    for (attempt::Slot& other : slot.others) limit(other, each);
  }
  return slot;
}

}  // namespace radsweep::orchestrator::slurm
