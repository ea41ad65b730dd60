// The training recipe: every number of it, its default, and where the default comes from.
// "paper" is Chizari (HAW Hamburg), "fastai" its defaults in 2.0 to 2.8.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace radsweep::attempt {

// Random transformations of a training image, in [0,1] grey values before normalisation
// (fastai aug_transforms; every component is drawn per image and kept with its probability).
struct AugmentRecipe {
  bool flip = false;               // paper lists none; a mirrored chest is anatomically wrong
  double max_rotate_deg = 30;      // paper: "of up to 30 degrees"
  double max_zoom = 1.0;           // paper lists none (fastai 1.1)
  double max_warp = 0.1;           // paper: "minimal perspective warping" (fastai 0.2)
  double max_lighting = 0.2;       // fastai default
  double p_affine = 0.75;          // fastai default, per component
  double p_lighting = 0.75;        // fastai default, per component
  std::string pad_mode = "zeros";  // paper: "black pixel padding"; zeros | reflection | border

  bool operator==(const AugmentRecipe&) const = default;
};

struct Recipe {
  // batches and epochs
  int studies_per_batch = 30;  // paper
  bool drop_last = true;       // fastai training loader
  int frozen_epochs = 1;       // fastai fine_tune freeze_epochs
  int epochs = 6;              // paper
  // learning rates: fine_tune(epochs, base_lr, lr_mult)
  double base_lr = 5e-3;        // paper
  double lr_mult = 100;         // fastai fine_tune: body gets head/lr_mult in the second phase
  double frozen_body_div = 10;  // fastai slice(x): body gets x/10 in the first phase
  int param_groups = 2;         // paper: body and head; 3 = fastai's stock densenet split
  // one-cycle shape
  double frozen_div = 25;          // fastai fit_one_cycle div, first phase
  double frozen_pct_start = 0.99;  // fastai fine_tune, first phase
  double div = 5;                  // fastai fine_tune, second phase
  double pct_start = 0.3;          // fastai fine_tune, second phase
  double div_final = 1e5;          // fastai fit_one_cycle
  double beta1_high = 0.95;        // fastai moms[0] and moms[2]
  double beta1_low = 0.85;         // fastai moms[1]
  // Adam (decoupled weight decay)
  double beta2 = 0.99;                  // fastai Adam sqr_mom
  double eps = 1e-5;                    // fastai Adam
  double weight_decay = 0.1;            // paper
  bool decay_norm_and_bias = false;     // fastai wd_bn_bias
  bool train_norm_while_frozen = true;  // fastai train_bn
  bool keep_optimizer_state = false;    // fastai wipes it at freeze and unfreeze
  // head
  double dropout = 0.6;       // paper; half of it before the first linear (fastai create_head)
  int hidden_features = 512;  // fastai create_head
  // arithmetic
  std::string precision = "fp32";
  std::string kernels = "fused";  // or "reference": torchvision's operators, fastai's bits on a CPU
  AugmentRecipe augment;

  bool operator==(const Recipe&) const = default;
};

// Images to plan for in a training batch of studies. A study has 1.19 images on average; a batch
// of 30 has 35.7, standard deviation 2.3, and 45 is the mean + 4 of them. Other
// batch sizes are scaled: 1.5 images per study, rounded up.
int planned_batch_images(int studies_per_batch);

// One key of the sweep file's `train:` mapping. Nested keys are dotted ("augment.flip").
// The same table serves the parser, --help, the JSON form and the identity of a run.
struct RecipeKey {
  using Field = std::variant<std::function<bool&(Recipe&)>, std::function<int&(Recipe&)>,
                             std::function<double&(Recipe&)>, std::function<std::string&(Recipe&)>>;
  std::string name;
  Field field;
  double minimum = 0;                // of numbers, inclusive
  double maximum = 0;                // of numbers, inclusive
  std::vector<std::string> choices;  // of strings
  std::string help;                  // one line: meaning and source
};

// All keys, in the order of the struct.
const std::vector<RecipeKey>& recipe_keys();
const RecipeKey* find_recipe_key(const std::string& name);
std::vector<std::string> recipe_key_names();

// What a key accepts, for people: "a whole number from 1 to 1000", "one of fp32, bf16".
std::string accepted_values(const RecipeKey& key);

// Sets one value. Returns why it is refused (wrong type, out of range, not a choice), nullopt
// when set. A whole JSON number is accepted for a real key, never a real one for a whole key.
std::optional<std::string> set_recipe_value(Recipe& recipe, const RecipeKey& key,
                                            const nlohmann::json& value);
nlohmann::json recipe_value(const Recipe& recipe, const RecipeKey& key);

// Flat object {dotted name: value} with every key: the canonical form, sorted by name.
nlohmann::json recipe_to_json(const Recipe& recipe);
// Reads the flat form; missing keys keep their default. Throws Error(usage) on an unknown key or
// a refused value.
Recipe recipe_from_json(const nlohmann::json& object);

}  // namespace radsweep::attempt
