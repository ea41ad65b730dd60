// The parts of a sweep file, one function each. They fill `sweep`, add what is wrong to
// `problems`, and go on, so that one reading finds everything.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/sweep/problems.h"
#include "orchestrator/sweep/sweep.h"
#include "orchestrator/sweep/yaml_section.h"

namespace radsweep::orchestrator {

// Where the parts stand that are compared with one another once all are read.
struct SweepPlaces {
  std::vector<Place> resolutions;         // as Grid::resolutions
  std::vector<std::vector<Place>> extra;  // as Grid::extra, one per value
  // Recipe keys, pretrained and gpus_per_run: those below `grid:`, and those with one value for all
  // runs below `train:` or `resources:`.
  std::map<std::string, Place> grid_keys, fixed_keys;
  Place gpus_per_run;  // of the largest value
  Place cuda_graphs;
  Place slurm_gpus;
};

// `data:` below `top`.
void read_data(Section& top, Sweep& sweep, Problems& problems);
// `grid:`; needs nothing of the others.
void read_grid(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems);
// `train:`; after read_grid, which says which architectures there are.
void read_train(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems);
// `worker:`, `objective:` and a grid of any axes; for files with `worker:`, instead of the above.
void read_own_trainer(Section& top, Sweep& sweep, Problems& problems);
// `resources:`, `retry:` and `prune:`.
void read_resources(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems);
void read_retry(Section& top, Sweep& sweep, Problems& problems);
void read_prune(Section& top, Sweep& sweep, Problems& problems);
// `slurm:`.
void read_slurm(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems);

// `pretrained:` below train: and below grid:, where an item may be the word none. After the grid's
// architectures are known.
void read_pretrained(const Value& value, Sweep& sweep, Problems& problems);
void read_pretrained_axis(const Value& value, Sweep& sweep, Problems& problems);

// The architecture of one list item: a known name, or a mapping of its own.
std::optional<attempt::Architecture> read_architecture(const Value& value, Problems& problems);

// What no part can see alone: keys both fixed and varied, resolutions too small for an
// architecture, runs without any epoch, more ranks than studies, grids beyond reason.
void check_together(const Sweep& sweep, const SweepPlaces& places, Problems& problems);

// The recipe keys of a `train:` or `grid:` mapping, in file order. `augment` may be nested or
// dotted. Takes every key that is left; complains of unknown ones (`also` are further names the
// section knows, for suggestions) and of keys given in both forms.
struct RecipeEntry {
  const attempt::RecipeKey* key = nullptr;
  Value value;
};
std::vector<RecipeEntry> take_recipe_entries(Section& section, const std::vector<std::string>& also,
                                             Problems& problems);

// Sets one recipe key; false, with a problem added, when the value is refused.
bool set_from_yaml(attempt::Recipe& recipe, const attempt::RecipeKey& key, const Value& value,
                   Problems& problems);

}  // namespace radsweep::orchestrator
