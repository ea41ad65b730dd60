// What one epoch of training measured; the same record in events, checkpoints and results.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace radsweep::attempt {

// One validation study: the largest logit over its views, and sigmoid(logit) in double.
struct Prediction {
  std::string study;  // "valid/patient64541/study1"
  int label = 0;      // 0 or 1
  double logit = 0;
  double probability = 0;

  bool operator==(const Prediction&) const = default;
};

// What a program of the user's reported of one epoch, by names of its own.
struct OwnEpoch {
  int epoch = 0;
  std::map<std::string, double> values;  // finite

  bool operator==(const OwnEpoch&) const = default;
};

struct EpochRecord {
  int epoch = 0;                    // from 0, counted over both phases
  std::string phase;                // "frozen" | "full"
  double train_loss = 0;            // mean over the epoch's batches
  double valid_loss = 0;            // mean over validation studies
  std::optional<double> valid_auc;  // 0..1; nothing when only one class is present
  double lr_body = 0;               // largest of the epoch (first parameter group)
  double lr_head = 0;               // largest of the epoch
  bool is_best = false;             // highest valid_auc so far, both phases
  bool is_best_loss = false;        // lowest valid_loss so far, both phases
  // Measured, not reproducible: left out when resumed and undisturbed runs are compared.
  double seconds = 0;            // training and validation, over all attempts that took part
  double images_per_second = 0;  // training images only

  bool operator==(const EpochRecord&) const = default;
};

void to_json(nlohmann::json& object, const Prediction& prediction);
void from_json(const nlohmann::json& object, Prediction& prediction);
void to_json(nlohmann::json& object, const EpochRecord& record);
void from_json(const nlohmann::json& object, EpochRecord& record);
void to_json(nlohmann::json& object, const OwnEpoch& epoch);
void from_json(const nlohmann::json& object, OwnEpoch& epoch);

}  // namespace radsweep::attempt
