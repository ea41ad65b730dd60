#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

constexpr std::int64_t kMostSlots = 1024;

// An index, or a UUID as `nvidia-smi -L` prints it.
std::optional<std::string> read_gpu(const Value& value, Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (scalar && scalar->is_number_integer()) {
    const auto index = read_whole(value, 0, kMostSlots - 1, problems);
    return index ? std::optional(std::to_string(*index)) : std::nullopt;
  }
  if (scalar && scalar->is_string()) {
    const auto text = scalar->get<std::string>();
    if (text.size() > 4 && (text.starts_with("GPU-") || text.starts_with("MIG-"))) return text;
  }
  problems.add(value.place,
               "'" + value.name + "' takes all, indices or UUIDs, not " + described(value.node),
               "`nvidia-smi -L` lists both; a machine without GPUs needs 'cpu_slots' only");
  return std::nullopt;
}

void read_gpus(const Value& value, Resources& resources, Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (scalar && *scalar == "all") return;
  for (const Value& item : read_list(value, EmptyList::refused, problems)) {
    const auto gpu = read_gpu(item, problems);
    if (!gpu) continue;
    if (std::ranges::find(resources.gpus, *gpu) != resources.gpus.end()) {
      problems.add(item.place, "GPU " + *gpu + " is given twice",
                   "several runs on one GPU: 'runs_per_gpu'");
    } else {
      resources.gpus.push_back(*gpu);
    }
  }
}

}  // namespace

void read_resources(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  const auto value = top.take("resources");
  if (!value) return;
  auto section = Section::open(*value, problems);
  if (!section) return;
  if (const auto gpus = section->take("gpus")) read_gpus(*gpus, sweep.resources, problems);
  if (const auto runs = section->take("runs_per_gpu")) {
    sweep.resources.runs_per_gpu = static_cast<int>(read_whole(*runs, problems).value_or(1));
  }
  if (const auto gpus = section->take("gpus_per_run")) {
    places.gpus_per_run = gpus->place;
    places.fixed_keys.emplace("gpus_per_run", gpus->key_place);
    sweep.resources.gpus_per_run = static_cast<int>(read_whole(*gpus, problems).value_or(1));
  }
  if (const auto slots = section->take("cpu_slots")) {
    const auto count = read_whole(*slots, problems);
    if (count) sweep.resources.cpu_slots = static_cast<int>(*count);
  }
  if (const auto graphs = section->take("cuda_graphs")) {
    places.cuda_graphs = graphs->place;
    sweep.resources.cuda_graphs = read_truth(*graphs, problems).value_or(false);
  }
  section->refuse_rest(problems);
}

void read_retry(Section& top, Sweep& sweep, Problems& problems) {
  const auto value = top.take("retry");
  if (!value) return;
  auto section = Section::open(*value, problems);
  if (!section) return;
  if (const auto attempts = section->take("max_attempts")) {
    sweep.retry.max_attempts = static_cast<int>(read_whole(*attempts, problems).value_or(1));
  }
  if (const auto backoff = section->take("backoff_s")) {
    sweep.retry.backoff_s = read_number(*backoff, problems).value_or(0);
  }
  if (const auto limit = section->take("time_limit_h")) {
    sweep.retry.time_limit_h = read_number(*limit, problems);
  }
  section->refuse_rest(problems);
}

}  // namespace radsweep::orchestrator
