// result.json: how an attempt ended. Written last and atomically: once it exists the attempt is
// sealed, and it alone (with the weights it names) is enough to fill the database.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/attempt/epoch_record.h"

namespace radsweep::attempt {

// A failed one has a class, out_of_memory, host_memory, nan, bad_data, bad_spec, device, disk or
// bug, and each class its own retry rule in the orchestrator.
enum class Outcome { done, failed, stopped };
const char* to_string(Outcome outcome);

struct Result {
  // Which attempt this is: a result that names another one than its folder is not taken.
  std::string run;
  std::string identity;
  int attempt = 0;

  Outcome outcome = Outcome::done;
  std::string error_class;  // empty unless failed
  std::string error;        // one line; empty unless failed

  // The measurements; complete when done, as far as it came otherwise.
  std::vector<EpochRecord> epochs;      // of the whole run, also those of earlier attempts
  std::vector<Prediction> predictions;  // of the epoch with the best AUC
  int best_epoch = -1;                  // -1: none had an AUC
  double best_auc = 0;                  // meaningful when best_epoch >= 0
  int best_loss_epoch = -1;
  double best_loss = 0;
  std::string best_weights_sha256;  // of best.safetensors beside this file

  long steps = 0;            // training steps done
  double train_seconds = 0;  // wall time of all attempts
  double images_per_second = 0;
  double peak_memory_mb = 0;
  std::string device;        // "NVIDIA H200, GPU-..." or "CPU, 2 threads"
  std::string code_version;  // radsweep's version and git commit
  std::string torch_version;
  std::string data_manifest;  // as in the spec
  std::string images_sha256;  // of the cache file trained on
  int train_studies = 0, train_positive = 0, train_images = 0;
  int valid_studies = 0, valid_positive = 0, valid_images = 0;
  // Results of older versions do not tell these.
  std::optional<std::string> data_set;              // "CheXpert-v1.0", "CheXpert-v1.0-small", ...
  std::optional<std::vector<OwnEpoch>> own_epochs;  // of a program of the user's, in order
  std::optional<int> upsampled_images;  // of the cache: sources smaller than the resolution

  bool operator==(const Result&) const = default;
};

// Seals the attempt. Throws Error(environment).
void write_result(const std::filesystem::path& attempt_folder, const Result& result);
// nullopt when not sealed. Throws Error(environment) when the file is there but damaged (it
// carries a checksum) or of another format.
std::optional<Result> read_result(const std::filesystem::path& attempt_folder);

}  // namespace radsweep::attempt
