#include "orchestrator/sweep/memory.h"

namespace radsweep::orchestrator {

double predicted_memory_bytes(const attempt::Spec& spec) {
  const attempt::Recipe& recipe = spec.recipe;
  constexpr double kContextBytes = 0.5 * 1024 * 1024 * 1024;
  const auto parameters =
      static_cast<double>(attempt::parameter_count(spec.architecture, recipe.hidden_features));
  const double image_bytes =
      recipe.kernels == "fused"
          ? attempt::fused_activation_bytes(spec.architecture, spec.resolution)
          : attempt::activation_bytes(spec.architecture, spec.resolution);
  constexpr double kBf16Share = 0.65;  // see the header
  const double share = recipe.precision == "bf16" ? kBf16Share : 1;
  const double maps_bytes =
      1.1 * share * image_bytes * attempt::planned_batch_images(recipe.studies_per_batch);
  if (spec.cuda_graphs) return 24 * parameters + 2 * maps_bytes + kContextBytes;
  return 16 * parameters + maps_bytes + kContextBytes;
}

double checkpoint_bytes(const attempt::Architecture& architecture, const attempt::Recipe& recipe) {
  return (3 + 3 + 1) * 4.0 *
         static_cast<double>(attempt::parameter_count(architecture, recipe.hidden_features));
}

}  // namespace radsweep::orchestrator
