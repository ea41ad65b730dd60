#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

constexpr double kMostRuns = 100'000;  // a slip of the keyboard, not a plan

// Stem and first pool each halve the side rounding up, each transition halves it rounding down;
// the last map must keep one pixel.
int smallest_px(const attempt::Architecture& architecture) {
  const int last_side = 1 << (architecture.blocks.size() - 1);
  return 4 * (last_side - 1) + 1;
}

void check_resolutions(const Sweep& sweep, const SweepPlaces& places, Problems& problems) {
  for (std::size_t i = 0; i < sweep.grid.resolutions.size(); ++i) {
    for (const auto& architecture : sweep.grid.architectures) {
      if (sweep.grid.resolutions[i] >= smallest_px(architecture)) continue;
      problems.add(places.resolutions[i],
                   std::to_string(sweep.grid.resolutions[i]) + " px leaves " + architecture.name +
                       " no feature map: it halves the side " +
                       std::to_string(architecture.blocks.size() + 1) + " times",
                   "use at least " + std::to_string(smallest_px(architecture)) + " px");
    }
  }
}

void check_keys(const SweepPlaces& places, Problems& problems) {
  for (const auto& [key, place] : places.fixed_keys) {
    const auto axis = places.grid_keys.find(key);
    if (axis == places.grid_keys.end()) continue;
    problems.add(place, "'" + key + "' is fixed here and an axis at " + to_words(axis->second),
                 "keep one of the two");
  }
}

// Smallest value a key takes in the grid, and where.
int least(const Sweep& sweep, const SweepPlaces& places, const std::string& key, int base,
          Place& place) {
  if (const auto fixed = places.fixed_keys.find(key); fixed != places.fixed_keys.end()) {
    place = fixed->second;
  }
  for (std::size_t axis = 0; axis < sweep.grid.extra.size(); ++axis) {
    if (sweep.grid.extra[axis].key != key) continue;
    const auto& values = sweep.grid.extra[axis].values;
    const auto smallest = std::ranges::min_element(values);
    place = places.extra[axis][static_cast<std::size_t>(smallest - values.begin())];
    return smallest->get<int>();
  }
  return base;
}

void check_epochs(const Sweep& sweep, const SweepPlaces& places, Problems& problems) {
  Place place;
  const int frozen = least(sweep, places, "frozen_epochs", sweep.recipe.frozen_epochs, place);
  const int epochs = least(sweep, places, "epochs", sweep.recipe.epochs, place);
  if (frozen + epochs > 0) return;
  problems.add(place, "with no frozen and no other epoch there is nothing to train",
               "set 'epochs' or 'frozen_epochs' to 1 or more");
}

// A run over several GPUs is radsweep's own trainer on whole ones, each with a part of the batch.
void check_ranks(const Sweep& sweep, const SweepPlaces& places, Problems& problems) {
  const int ranks = sweep.resources.gpus_per_run;
  if (ranks == 1) return;
  if (sweep.trainer) {
    problems.add(places.gpus_per_run, "a program of your own is given one GPU",
                 "remove 'gpus_per_run'");
  }
  if (sweep.resources.runs_per_gpu > 1) {
    problems.add(places.gpus_per_run, "runs of several GPUs each and several runs on each GPU",
                 "remove one of 'gpus_per_run' and 'runs_per_gpu'");
  }
  Place place;
  const int studies =
      least(sweep, places, "studies_per_batch", sweep.recipe.studies_per_batch, place);
  if (!sweep.trainer && studies < ranks) {
    problems.add(
        places.gpus_per_run,
        std::to_string(ranks) + " GPUs share batches of " + std::to_string(studies) + " studies",
        "at most as many GPUs as 'studies_per_batch'");
  }
}

// What several ranks compute waits for one another's sums, so it is not recorded.
void check_graphs(const Sweep& sweep, const SweepPlaces& places, Problems& problems) {
  if (!sweep.resources.cuda_graphs) return;
  if (sweep.trainer) {
    problems.add(places.cuda_graphs, "'cuda_graphs' is of radsweep's own training",
                 "remove 'cuda_graphs'");
  } else if (sweep.resources.gpus_per_run > 1) {
    problems.add(places.cuda_graphs, "'cuda_graphs' is for runs on one GPU",
                 "remove one of 'cuda_graphs' and 'gpus_per_run'");
  }
}

// A run computes on as many GPUs as it has ranks, so more of them would idle.
void check_slurm(const Sweep& sweep, const SweepPlaces& places, Problems& problems) {
  const int gpus = sweep.slurm.gpus.value_or(0);
  const int ranks = sweep.resources.gpus_per_run;
  if (gpus == 0) return;
  if (!sweep.grid.gpus_per_run.empty()) {
    problems.add(
        places.slurm_gpus,
        "every run asks for " + std::to_string(gpus) +
            " GPUs and trains on as many as 'grid: gpus_per_run' says",
        "remove 'gpus': a run asks for those it trains on; 0 here trains on the processors");
    return;
  }
  if (gpus == ranks) return;
  problems.add(places.slurm_gpus,
               "a run asks for " + std::to_string(gpus) + " GPUs and trains on " +
                   std::to_string(ranks) + " ('resources: gpus_per_run')",
               "make both the same; 0 here trains on the processors");
}

void check_size(const Sweep& sweep, Problems& problems) {
  double runs = sweep.trainer ? 1
                              : static_cast<double>(sweep.grid.resolutions.size()) *
                                    static_cast<double>(sweep.grid.architectures.size()) *
                                    static_cast<double>(sweep.grid.seeds.size());
  for (const auto& axis : sweep.grid.extra) runs *= static_cast<double>(axis.values.size());
  if (!sweep.grid.pretrained.empty()) runs *= static_cast<double>(sweep.grid.pretrained.size());
  if (!sweep.grid.gpus_per_run.empty()) runs *= static_cast<double>(sweep.grid.gpus_per_run.size());
  if (runs <= kMostRuns) return;
  problems.add({}, "the grid has more than 100000 runs", "remove an axis or shorten one");
}

}  // namespace

void check_together(const Sweep& sweep, const SweepPlaces& places, Problems& problems) {
  check_ranks(sweep, places, problems);
  check_graphs(sweep, places, problems);
  check_slurm(sweep, places, problems);
  if (sweep.trainer) {
    check_size(sweep, problems);
    return;
  }
  check_resolutions(sweep, places, problems);
  check_keys(places, problems);
  check_epochs(sweep, places, problems);
  check_size(sweep, problems);
}

}  // namespace radsweep::orchestrator
