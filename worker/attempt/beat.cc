#include "worker/attempt/beat.h"

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::attempt {

using nlohmann::json;
namespace {

// What is not finite was written as null.
double number(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_number() ? member->get<double>() : 0;
}

}  // namespace

void write_beat(const std::filesystem::path& attempt_folder, const Beat& beat) {
  json object = {{"step", beat.step},           {"total_steps", beat.total_steps},
                 {"epoch", beat.epoch},         {"total_epochs", beat.total_epochs},
                 {"batches", beat.batches},     {"phase", beat.phase},
                 {"loss", beat.loss},           {"images_per_second", beat.images_per_second},
                 {"memory_mb", beat.memory_mb}, {"time_ms", beat.time_ms}};
  if (beat.train_seconds > 0) object["train_seconds"] = beat.train_seconds;
  replace_file(attempt_folder / kBeatFile, object.dump() + "\n", Durability::atomic_only);
}

std::optional<Beat> read_beat(const std::filesystem::path& attempt_folder) {
  const auto text = read_file_if_exists(attempt_folder / kBeatFile);
  if (!text) return std::nullopt;
  const json object = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  try {
    Beat beat;
    beat.step = object.value("step", 0L);
    beat.total_steps = object.value("total_steps", 0L);
    beat.epoch = object.value("epoch", 0);
    beat.total_epochs = object.value("total_epochs", 0);
    beat.batches = object.value("batches", 0L);
    beat.phase = object.value("phase", "");
    beat.loss = number(object, "loss");
    beat.images_per_second = number(object, "images_per_second");
    beat.memory_mb = number(object, "memory_mb");
    beat.time_ms = object.value("time_ms", std::int64_t{0});
    beat.train_seconds = number(object, "train_seconds");
    return beat;
  } catch (const json::exception&) {
    return std::nullopt;  // of another format
  }
}

}  // namespace radsweep::attempt
