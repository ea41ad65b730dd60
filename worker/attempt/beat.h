// beat.json: where the training stands, for people and for the stall rule. Never a proof of
// life or death: that is the flock on alive.lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace radsweep::attempt {

struct Beat {
  long step = 0;         // training steps done, over all attempts
  long total_steps = 0;  // of the whole run
  int epoch = 0;         // from 0
  int total_epochs = 0;
  std::string phase;  // "loading" | "frozen" | "full" | "validating" | "own"
  double loss = 0;    // of the newest step
  double images_per_second = 0;
  double memory_mb = 0;      // taken on the GPU, whoever took it; resident memory on the CPU
  std::int64_t time_ms = 0;  // wall clock, Unix epoch
  long batches = 0;          // of this attempt, training and validation: in a hang they stand still
  double train_seconds = 0;  // of all attempts; 0: not told, a checkpoint knows it

  bool operator==(const Beat&) const = default;
};

// Replaces the file atomically, without fsync. Throws Error(environment).
void write_beat(const std::filesystem::path& attempt_folder, const Beat& beat);
// nullopt when there is none (yet) or it cannot be understood.
std::optional<Beat> read_beat(const std::filesystem::path& attempt_folder);

}  // namespace radsweep::attempt
