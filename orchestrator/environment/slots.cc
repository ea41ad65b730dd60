#include "orchestrator/environment/slots.h"

#include <algorithm>
#include <cstdlib>

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

// One per rank: as many for each run as it has ranks.
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
    const std::string name = "cpu:" + std::to_string(i / resources.gpus_per_run);
    slots.push_back({name, name, {}, {}});
  }
  return slots;
}

// "GPU 0 + GPU 1 Quadro P6000"; the name of the card is the last one's.
std::string joined_label(const std::vector<SlotPlan>& ranks) {
  if (ranks.front().slot.gpu_uuid.empty()) {
    return ranks.front().label + " (" + std::to_string(ranks.size()) + " processes)";
  }
  std::string text;
  for (std::size_t i = 0; i + 1 < ranks.size(); ++i) {
    const std::string& label = ranks[i].label;
    text += label.substr(0, label.find(' ', label.find(' ') + 1)) + " + ";
  }
  return text + ranks.back().label;
}

SlotPlan join(const std::vector<SlotPlan>& ranks) {
  SlotPlan joined = ranks.front();
  joined.label = joined_label(ranks);
  for (std::size_t i = 1; i < ranks.size(); ++i) {
    if (!ranks[i].slot.gpu_uuid.empty()) joined.name += "+" + ranks[i].name;
    joined.slot.others.push_back(ranks[i].slot);
    if (joined.memory_bytes && ranks[i].memory_bytes)
      *joined.memory_bytes += *ranks[i].memory_bytes;
  }
  return joined;
}

// Neighbours become slots of `ranks` each; who is left over is left out.
void join_ranks(SlotPlans& plans, int ranks) {
  if (ranks == 1) return;
  const auto each = static_cast<std::ptrdiff_t>(ranks);
  std::vector<SlotPlan> joined;
  auto next = plans.slots.begin();
  for (; plans.slots.end() - next >= each; next += each)
    joined.push_back(join({next, next + each}));
  for (; next != plans.slots.end(); ++next) {
    plans.notes.push_back("leaving out " + next->label + ": each run takes " +
                          std::to_string(ranks) + " GPUs (resources: gpus_per_run)");
  }
  plans.slots = std::move(joined);
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

}  // namespace

Machine inspect_machine() {
  Machine machine;
  machine.gpus = GpuList().read();
  machine.cpus = list_cpus();
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) machine.visible_gpus = visible;
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
    if (!plans.slots.empty() &&
        plans.slots.size() < static_cast<std::size_t>(resources.gpus_per_run)) {
      throw Error(ExitCode::environment, "place",
                  "a run on " + plural(static_cast<std::size_t>(resources.gpus_per_run), "GPU"),
                  "there is only " + plural(plans.slots.size(), "GPU") + " to use",
                  "resources: {gpus_per_run: " + std::to_string(plans.slots.size()) + "}");
    }
  }
  if (plans.slots.empty()) {
    plans.slots = cpu_slots(resources, options, machine.cpus);
    if (!cpu_wanted) {
      const std::string why = machine.gpus.gpus.empty() ? machine.gpus.why_none
                                                        : "CUDA_VISIBLE_DEVICES hides all of them";
      plans.notes.push_back(
          "no GPU to use (" + why + "): training on the CPU in " +
          plural(plans.slots.size() / static_cast<std::size_t>(resources.gpus_per_run), "slot"));
    }
  }
  divide_processors(plans.slots, machine.cpus);
  join_ranks(plans, resources.gpus_per_run);
  return plans;
}

}  // namespace radsweep::orchestrator
