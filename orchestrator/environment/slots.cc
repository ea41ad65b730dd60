#include "orchestrator/environment/slots.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

using Words = std::vector<std::string>;

bool means_all(const Words& words) {
  return words.empty() || words == Words{"all"};
}

Words split_at_commas(const std::string& text) {
  Words words;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) words.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return words;
}

// `all` under CUDA_VISIBLE_DEVICES. CUDA itself stops reading at the first word that names no
// device ("-1", "NoDevFiles"): so do we.
std::vector<Gpu> visible_gpus(const Machine& machine) {
  const std::vector<Gpu>& gpus = machine.gpus.gpus;
  if (!machine.visible_gpus) return gpus;
  Words known;
  for (const std::string& word : split_at_commas(*machine.visible_gpus)) {
    try {
      select_gpus(gpus, {word});
    } catch (const Error&) {
      break;
    }
    known.push_back(word);
  }
  return known.empty() ? std::vector<Gpu>{} : select_gpus(gpus, known);
}

// The i-th of `parts` equal, contiguous shares; all processors take part. With more parts than
// processors they are shared in turn.
std::vector<int> share_of(const std::vector<int>& cpus, std::size_t part, std::size_t parts) {
  if (cpus.empty()) return {};
  if (parts > cpus.size()) return {cpus[part % cpus.size()]};
  const auto at = [&](std::size_t i) {
    return cpus.begin() + static_cast<std::ptrdiff_t>(i * cpus.size() / parts);
  };
  return {at(part), at(part + 1)};
}

void divide_processors(std::vector<SlotPlan>& slots, const CpuList& cpus) {
  const int usable = cpus.usable();
  const int each = std::max(1, usable / static_cast<int>(slots.size()));
  for (std::size_t i = 0; i < slots.size(); ++i) {
    slots[i].slot.cpus = share_of(cpus.cpus, i, slots.size());
    // Shares differ by one processor when it does not divide evenly; a quota takes precedence.
    const int share = std::max(1, static_cast<int>(slots[i].slot.cpus.size()));
    slots[i].slot.threads =
        usable == static_cast<int>(cpus.cpus.size()) ? share : std::min(share, each);
  }
}

std::vector<SlotPlan> gpu_slots(const std::vector<Gpu>& gpus, int runs_per_gpu, SlotPlans& plans) {
  std::vector<SlotPlan> slots;
  for (const Gpu& gpu : gpus) {
    if (gpu.mig_enabled || !gpu.lost.empty()) {
      plans.notes.push_back("leaving out GPU " + std::to_string(gpu.index) + " " + gpu.name + ": " +
                            find_problem(gpu)->reason);
      continue;
    }
    for (int copy = 0; copy < runs_per_gpu; ++copy) {
      const std::string suffix = copy == 0 ? "" : "#" + std::to_string(copy);
      SlotPlan plan;
      plan.name = gpu.uuid + suffix;
      plan.label = "GPU " + std::to_string(gpu.index) + suffix + " " + gpu.name;
      plan.slot.gpu_uuid = gpu.uuid;
      if (gpu.memory_total_mb > 0) {
        plan.memory_bytes = gpu.memory_total_mb * 1024.0 * 1024 / runs_per_gpu;
      }
      slots.push_back(std::move(plan));
    }
  }
  return slots;
}

// As many for each run as it may take.
std::vector<SlotPlan> cpu_slots(const Resources& resources, const SlotOptions& options,
                                const CpuList& cpus) {
  int count = std::max(1, cpus.usable() / resources.gpus_per_run);
  if (options.runs > 0) count = std::min(count, options.runs);
  if (resources.cpu_slots) count = *resources.cpu_slots;
  if (options.cpu_slots) count = *options.cpu_slots;
  if (count < 1) {
    throw Error(ExitCode::usage, "use", std::to_string(count) + " CPU slots",
                "at least one is needed", "--cpu-slots 1");
  }
  std::vector<SlotPlan> slots;
  for (int i = 0; i < count * resources.gpus_per_run; ++i) {
    const std::string name = "cpu:" + std::to_string(i);
    slots.push_back({name, name, {}, {}});
  }
  return slots;
}

[[noreturn]] void refuse_missing_gpus(const Words& words, const GpuInventory& inventory) {
  std::string asked;
  for (const std::string& word : words) asked += (asked.empty() ? "" : ",") + word;
  throw Error(ExitCode::environment, "use GPU", "'" + asked + "'",
              "this machine has no usable GPU (" + inventory.why_none + ")",
              "--cpu-slots N trains on the processors (in the sweep file: resources: {gpus: all, "
              "cpu_slots: N}); `radsweep doctor` looks at the driver");
}

std::string plural(std::size_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

// `varies`: others take less.
void check_gpus_per_run(int gpus_per_run, bool varies, SlotPlans& plans) {
  const std::size_t gpus = plans.slots.size(), each = static_cast<std::size_t>(gpus_per_run);
  if (gpus < each) {
    throw Error(ExitCode::environment, "place", "a run on " + plural(each, "GPU"),
                "there is only " + plural(gpus, "GPU") + " to use",
                "gpus_per_run: " + std::to_string(gpus) + " at most");
  }
  if (gpus % each == 0 || varies) return;
  plans.notes.push_back("runs on " + plural(each, "GPU") + " each use " +
                        std::to_string(gpus - gpus % each) + " of the " + plural(gpus, "GPU"));
}

// Where its daemon listens, for programs with our environment.
bool mps_listens() {
  const char* folder = std::getenv("CUDA_MPS_PIPE_DIRECTORY");
  std::error_code unreadable;  // then it is not for us
  return std::filesystem::exists(
      std::filesystem::path(folder && *folder ? folder : "/tmp/nvidia-mps") / "control",
      unreadable);
}

void check_runs_per_gpu(int runs_per_gpu, bool mps, SlotPlans& plans) {
  if (runs_per_gpu < 2 || mps) return;
  plans.notes.push_back("the " + std::to_string(runs_per_gpu) +
                        " runs on a GPU take turns; `nvidia-cuda-mps-control -d`, started before, "
                        "lets them compute at the same time");
}

}  // namespace

Machine inspect_machine() {
  Machine machine;
  machine.gpus = GpuList().read();
  machine.cpus = list_cpus();
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) machine.visible_gpus = visible;
  machine.mps = mps_listens();
  return machine;
}

SlotPlans plan_slots(const Resources& resources, const SlotOptions& options,
                     const Machine& machine) {
  const Words& words = options.gpus.empty() ? resources.gpus : options.gpus;
  const bool cpu_wanted =
      options.gpus == Words{"none"} || (options.gpus.empty() && options.cpu_slots.has_value());

  SlotPlans plans;
  if (!cpu_wanted) {
    const bool all = means_all(words);
    if (!all && machine.gpus.gpus.empty()) refuse_missing_gpus(words, machine.gpus);
    const auto selected = all ? visible_gpus(machine) : select_gpus(machine.gpus.gpus, words);
    plans.slots = gpu_slots(selected, std::max(1, resources.runs_per_gpu), plans);
    if (plans.slots.empty() && !selected.empty()) {
      throw Error(ExitCode::environment, "use", plural(selected.size(), "GPU"), plans.notes.front(),
                  "repair it, or train on the processors: --cpu-slots N");
    }
    if (!plans.slots.empty()) {
      check_gpus_per_run(resources.gpus_per_run, resources.gpus_vary, plans);
      check_runs_per_gpu(resources.runs_per_gpu, machine.mps, plans);
    }
  }
  if (plans.slots.empty()) {
    plans.slots = cpu_slots(resources, options, machine.cpus);
    if (!cpu_wanted) {
      const std::string why = machine.gpus.gpus.empty() ? machine.gpus.why_none
                                                        : "CUDA_VISIBLE_DEVICES hides all of them";
      plans.notes.push_back("no GPU to use (" + why + "): training on the CPU in " +
                            plural(plans.slots.size(), "slot"));
    }
  }
  divide_processors(plans.slots, machine.cpus);
  return plans;
}

}  // namespace radsweep::orchestrator
