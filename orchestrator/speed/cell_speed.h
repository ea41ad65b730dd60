// How fast a machine trains one cell of a sweep, and how long its runs take at that speed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "orchestrator/sweep/expand.h"

namespace radsweep::orchestrator {

// Of one phase of the training, or of the validation.
struct PhaseSpeed {
  int steps = 0;                    // timed
  double images_per_second = 0;     // of the median step
  double slowest = 0, fastest = 0;  // images per second of single steps
  double step_ms = 0;               // median
};

struct CellSpeed {
  std::string key;  // speed_key() of its runs
  int resolution = 0;
  std::string architecture, variant;
  std::string device;                                  // "NVIDIA H100, GPU-..." | "CPU, 2 threads"
  std::optional<PhaseSpeed> frozen, full, validation;  // as the recipe has them
  double peak_memory_mb = 0;                           // of the GPU, or of the process on a CPU
  std::string error;                                   // why it could not be measured; else empty
};

// Equal for runs that take equally long per image: names all of a run's configuration that decides
// it, but neither data, seed, rates nor epochs.
std::string speed_key(const attempt::Spec& spec);

// Takes what `radsweep-worker bench` printed: the phases, or its error. Throws
// nlohmann::json::exception when it is something else.
void take_measurement(const nlohmann::json& printed, CellSpeed& speed);

// How much there is to train on.
struct Workload {
  long train_studies = 0, train_images = 0, valid_images = 0;
};

// Seconds of one run: its batches and its validations, without loading and checkpoints. nullopt
// when a phase of the recipe was not measured.
std::optional<double> predicted_seconds(const CellSpeed& speed, const attempt::Recipe& recipe,
                                        const Workload& work);

nlohmann::json to_json(const CellSpeed& speed);
// Throws nlohmann::json::exception when it is no such object.
CellSpeed cell_speed_from_json(const nlohmann::json& object);

}  // namespace radsweep::orchestrator
