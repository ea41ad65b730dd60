#include "orchestrator/speed/cell_speed.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/hash.h"

namespace radsweep::orchestrator {
namespace {

using nlohmann::json;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

PhaseSpeed summarize(const json& steps) {
  std::vector<double> speeds, milliseconds;
  for (const json& step : steps) {
    const double seconds = step.at("seconds").get<double>();
    speeds.push_back(step.at("images").get<double>() / seconds);
    milliseconds.push_back(1000 * seconds);
  }
  if (speeds.empty()) return {};
  const auto [slowest, fastest] = std::ranges::minmax_element(speeds);
  return {static_cast<int>(speeds.size()), median(speeds), *slowest, *fastest,
          median(milliseconds)};
}

json phase_json(const std::optional<PhaseSpeed>& phase) {
  if (!phase) return nullptr;
  return {{"steps", phase->steps},
          {"images_per_second", phase->images_per_second},
          {"slowest", phase->slowest},
          {"fastest", phase->fastest},
          {"step_ms", phase->step_ms}};
}

std::optional<PhaseSpeed> phase_from_json(const json& object) {
  if (object.is_null()) return std::nullopt;
  return PhaseSpeed{object.at("steps"), object.at("images_per_second"), object.at("slowest"),
                    object.at("fastest"), object.at("step_ms")};
}

bool is_usable(const std::optional<PhaseSpeed>& phase) {
  return phase && std::isfinite(phase->images_per_second) && phase->images_per_second > 0;
}

// Images that an epoch trains on: whole batches only, when the recipe drops the rest.
double epoch_images(const attempt::Recipe& recipe, const Workload& work) {
  const long batch = recipe.studies_per_batch;
  const long studies = recipe.drop_last ? work.train_studies / batch * batch : work.train_studies;
  return static_cast<double>(work.train_images) * static_cast<double>(studies) /
         static_cast<double>(std::max(1L, work.train_studies));
}

}  // namespace

std::string speed_key(const attempt::Spec& spec) {
  attempt::Spec same;
  same.architecture = spec.architecture;
  same.resolution = spec.resolution;
  same.recipe = spec.recipe;
  const attempt::Recipe standard;
  attempt::Recipe& recipe = same.recipe;
  recipe.drop_last = standard.drop_last;
  recipe.frozen_epochs = standard.frozen_epochs;
  recipe.epochs = standard.epochs;
  recipe.base_lr = standard.base_lr;
  recipe.lr_mult = standard.lr_mult;
  recipe.frozen_body_div = standard.frozen_body_div;
  recipe.frozen_div = standard.frozen_div;
  recipe.frozen_pct_start = standard.frozen_pct_start;
  recipe.div = standard.div;
  recipe.pct_start = standard.pct_start;
  recipe.div_final = standard.div_final;
  const std::string how = spec.cuda_graphs ? " cuda_graphs" : "";
  return sha256_hex(attempt::canonical_configuration(same) + how).substr(0, 16);
}

void take_measurement(const json& printed, CellSpeed& speed) {
  if (printed.contains("error")) {
    speed.error = printed.at("error_class").get<std::string>() + ": " +
                  printed.at("error").get<std::string>();
    return;
  }
  speed.device = printed.at("device");
  speed.peak_memory_mb = printed.at("peak_memory_mb");
  for (const json& phase : printed.at("phases")) {
    const std::string name = phase.at("phase");
    const PhaseSpeed measured = summarize(phase.at("steps"));
    if (name == "frozen") speed.frozen = measured;
    if (name == "full") speed.full = measured;
    if (name == "validation") speed.validation = measured;
  }
}

std::optional<double> predicted_seconds(const CellSpeed& speed, const attempt::Recipe& recipe,
                                        const Workload& work) {
  if (!speed.error.empty() || !is_usable(speed.validation)) return std::nullopt;
  if (recipe.frozen_epochs > 0 && !is_usable(speed.frozen)) return std::nullopt;
  if (recipe.epochs > 0 && !is_usable(speed.full)) return std::nullopt;
  const double images = epoch_images(recipe, work);
  double seconds = (recipe.frozen_epochs + recipe.epochs) * static_cast<double>(work.valid_images) /
                   speed.validation->images_per_second;
  if (recipe.frozen_epochs > 0) {
    seconds += recipe.frozen_epochs * images / speed.frozen->images_per_second;
  }
  if (recipe.epochs > 0) seconds += recipe.epochs * images / speed.full->images_per_second;
  return seconds;
}

json to_json(const CellSpeed& speed) {
  return {{"key", speed.key},
          {"resolution", speed.resolution},
          {"architecture", speed.architecture},
          {"variant", speed.variant},
          {"device", speed.device},
          {"frozen", phase_json(speed.frozen)},
          {"full", phase_json(speed.full)},
          {"validation", phase_json(speed.validation)},
          {"peak_memory_mb", speed.peak_memory_mb},
          {"error", speed.error}};
}

CellSpeed cell_speed_from_json(const json& object) {
  CellSpeed speed;
  speed.key = object.at("key");
  speed.resolution = object.at("resolution");
  speed.architecture = object.at("architecture");
  speed.variant = object.at("variant");
  speed.device = object.at("device");
  speed.frozen = phase_from_json(object.at("frozen"));
  speed.full = phase_from_json(object.at("full"));
  speed.validation = phase_from_json(object.at("validation"));
  speed.peak_memory_mb = object.at("peak_memory_mb");
  speed.error = object.at("error");
  return speed;
}

}  // namespace radsweep::orchestrator
