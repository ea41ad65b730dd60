#include "worker/attempt/spec_check.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"

namespace radsweep::attempt {
namespace {

Error refused(const Spec& spec, const std::string& why) {
  return Error(ExitCode::usage, "train", "run " + spec.run, why,
               "the sweep file decides it; `radsweep run` writes the spec anew");
}

void check_range(const Spec& spec, const char* name, int value, int lowest, int highest) {
  if (value >= lowest && value <= highest) return;
  throw refused(spec, std::string("'") + name + "' is " + std::to_string(value) + ", not from " +
                          std::to_string(lowest) + " to " + std::to_string(highest));
}

// The stem quarters the side, every transition halves it.
int last_side(const Spec& spec) {
  int side = ((spec.resolution + 1) / 2 + 1) / 2;
  for (std::size_t block = 1; block < spec.architecture.blocks.size(); ++block) side /= 2;
  return side;
}

}  // namespace

void check_spec(const Spec& spec) {
  constexpr int kMany = 100'000;  // more would be a slip, and sums of these fit an int
  const Architecture& a = spec.architecture;
  check_range(spec, "attempt", spec.attempt, 1, 1'000'000'000);
  check_range(spec, "resolution", spec.resolution, 1, 8192);
  check_range(spec, "threads", spec.slot.threads, 1, 4096);
  for (const Slot& other : spec.slot.others) check_range(spec, "threads", other.threads, 1, 4096);
  check_range(spec, "gpus_per_run", spec.slot.ranks(), 1,
              std::min(kMostRanks, spec.recipe.studies_per_batch));
  if (spec.gpus_per_run > 0 && spec.gpus_per_run != spec.slot.ranks()) {
    throw refused(spec, "it is a run on " + std::to_string(spec.gpus_per_run) +
                            " GPUs and was given " + std::to_string(spec.slot.ranks()));
  }
  if (spec.cuda_graphs && spec.slot.ranks() > 1) {
    throw refused(spec, "cuda_graphs are for runs on one GPU");
  }
  check_range(spec, "growth", a.growth, 1, kMany);
  check_range(spec, "init_features", a.init_features, 1, kMany);
  check_range(spec, "bn_size", a.bn_size, 1, 1000);
  check_range(spec, "number of blocks", static_cast<int>(a.blocks.size()), 1, 8);
  for (const int layers : a.blocks) check_range(spec, "blocks", layers, 1, 1000);
  if (last_side(spec) < 1) {
    throw refused(spec, "images of " + std::to_string(spec.resolution) + " px are too small for " +
                            std::to_string(a.blocks.size()) + " blocks");
  }
  const std::string identity = sha256_hex(canonical_configuration(spec));
  if (identity != spec.identity) {
    throw refused(spec, "its identity is " + spec.identity.substr(0, 12) +
                            ", that of its configuration " + identity.substr(0, 12));
  }
}

}  // namespace radsweep::attempt
