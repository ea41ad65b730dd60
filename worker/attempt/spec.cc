#include "worker/attempt/spec.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json_depth.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::attempt {
namespace {

using nlohmann::json;
constexpr int kSpecFormat = 1;

// JSON's own conversion would cut 16.9 to 16 and turn true into 1.
template <typename Integer>
Integer whole(const json& value, const char* name) {
  constexpr auto kLowest = std::numeric_limits<Integer>::min();
  constexpr auto kHighest = std::numeric_limits<Integer>::max();
  if (value.is_number_unsigned() && std::cmp_less_equal(value.get<std::uint64_t>(), kHighest)) {
    return static_cast<Integer>(value.get<std::uint64_t>());
  }
  if (value.is_number_integer() && !value.is_number_unsigned() &&
      std::cmp_greater_equal(value.get<std::int64_t>(), kLowest)) {
    return static_cast<Integer>(value.get<std::int64_t>());
  }
  throw Error(ExitCode::usage, "read", "a spec",
              std::string("'") + name + "' takes a whole number, not " + value.dump());
}

std::vector<int> whole_numbers(const json& array, const char* name) {
  std::vector<int> numbers;
  for (const json& value : array) numbers.push_back(whole<int>(value, name));
  return numbers;
}

json labels_to_json(const LabelPolicy& labels) {
  return {
      {"target", labels.target}, {"uncertain", labels.uncertain}, {"negatives", labels.negatives}};
}

json architecture_to_json(const Architecture& a) {
  return {{"name", a.name},
          {"growth", a.growth},
          {"blocks", a.blocks},
          {"init_features", a.init_features},
          {"bn_size", a.bn_size}};
}

Architecture architecture_from_json(const json& object) {
  return {object.at("name"), whole<int>(object.at("growth"), "growth"),
          whole_numbers(object.at("blocks"), "blocks"),
          whole<int>(object.at("init_features"), "init_features"),
          whole<int>(object.at("bn_size"), "bn_size")};
}

json trainer_to_json(const Trainer& trainer) {
  return {{"command", trainer.command},
          {"folder", trainer.folder},
          {"params", json::parse(trainer.params)},
          {"metric", trainer.metric},
          {"mode", trainer.mode}};
}

Trainer trainer_from_json(const json& object) {
  return {object.at("command").get<std::vector<std::string>>(), object.at("folder"),
          object.at("params").dump(), object.at("metric"), object.at("mode")};
}

json slot_to_json(const Slot& slot) {
  json object = {{"gpu_uuid", slot.gpu_uuid}, {"threads", slot.threads}, {"cpus", slot.cpus}};
  for (const Slot& other : slot.others) object["others"].push_back(slot_to_json(other));
  return object;
}

Slot place_from_json(const json& object) {
  return {object.at("gpu_uuid"), whole<int>(object.at("threads"), "threads"),
          whole_numbers(object.at("cpus"), "cpus")};
}

Slot slot_from_json(const json& object) {
  Slot slot = place_from_json(object);
  if (!object.contains("others")) return slot;
  for (const json& other : object["others"]) slot.others.push_back(place_from_json(other));
  return slot;
}

json spec_to_json(const Spec& spec) {
  json object = {{"format", kSpecFormat},
                 {"sweep", spec.sweep},
                 {"run", spec.run},
                 {"identity", spec.identity},
                 {"attempt", spec.attempt},
                 {"resolution", spec.resolution},
                 {"architecture", architecture_to_json(spec.architecture)},
                 {"seed", spec.seed},
                 {"train", recipe_to_json(spec.recipe)},
                 {"data",
                  {{"root", spec.data.root},
                   {"cache", spec.data.cache},
                   {"labels", labels_to_json(spec.data.labels)},
                   {"manifest", spec.data.manifest}}},
                 {"pretrained", spec.pretrained},
                 {"pretrained_sha256", spec.pretrained_sha256},
                 {"slot", slot_to_json(spec.slot)},
                 {"resume_from", spec.resume_from}};
  if (spec.gpus_per_run > 0) object["gpus_per_run"] = spec.gpus_per_run;
  if (spec.cuda_graphs) object["cuda_graphs"] = true;
  if (spec.trainer) object["trainer"] = trainer_to_json(*spec.trainer);
  return object;
}

Spec spec_from_json(const json& object) {
  Spec spec;
  spec.sweep = object.at("sweep");
  spec.run = object.at("run");
  spec.identity = object.at("identity");
  spec.attempt = whole<int>(object.at("attempt"), "attempt");
  spec.resolution = whole<int>(object.at("resolution"), "resolution");
  spec.architecture = architecture_from_json(object.at("architecture"));
  spec.seed = whole<std::uint64_t>(object.at("seed"), "seed");
  spec.recipe = recipe_from_json(object.at("train"));
  const json& data = object.at("data");
  const json& labels = data.at("labels");
  spec.data = {data.at("root"),
               data.at("cache"),
               {labels.at("target"), labels.at("uncertain"), labels.at("negatives")},
               data.at("manifest")};
  spec.pretrained = object.at("pretrained");
  spec.pretrained_sha256 = object.at("pretrained_sha256");
  spec.slot = slot_from_json(object.at("slot"));
  spec.resume_from = object.at("resume_from").get<std::vector<std::string>>();
  if (object.contains("gpus_per_run")) {
    spec.gpus_per_run = whole<int>(object["gpus_per_run"], "gpus_per_run");
  }
  spec.cuda_graphs = object.value("cuda_graphs", false);
  if (object.contains("trainer")) spec.trainer = trainer_from_json(object["trainer"]);
  return spec;
}

}  // namespace

std::string data_manifest(const std::filesystem::path& root, const LabelPolicy& labels) {
  const json named = {{"train.csv", sha256_of_file(root / "train.csv")},
                      {"valid.csv", sha256_of_file(root / "valid.csv")},
                      {"labels", labels_to_json(labels)}};
  return sha256_hex(named.dump());
}

std::string canonical_configuration(const Spec& spec) {
  if (spec.trainer) {
    json trainer = trainer_to_json(*spec.trainer);
    trainer.erase("folder");
    return trainer.dump();
  }
  json architecture = architecture_to_json(spec.architecture);
  architecture.erase("name");
  json configuration = {{"architecture", architecture},
                        {"data", spec.data.manifest},
                        {"pretrained", spec.pretrained_sha256},
                        {"resolution", spec.resolution},
                        {"seed", spec.seed},
                        {"train", recipe_to_json(spec.recipe)}};
  if (spec.gpus_per_run > 0) configuration["gpus_per_run"] = spec.gpus_per_run;
  return configuration.dump();
}

void write_spec(const std::filesystem::path& attempt_folder, const Spec& spec) {
  replace_file(attempt_folder / kSpecFile, spec_to_json(spec).dump(2) + "\n");
}

std::string to_json_text(const Spec& spec) {
  return spec_to_json(spec).dump();
}

Spec read_spec(const std::filesystem::path& attempt_folder) {
  const auto path = attempt_folder / kSpecFile;
  return spec_from_json_text(read_file(path), path.string());
}

Spec spec_from_json_text(const std::string& text, const std::string& where) {
  if (is_deep_json(text)) {
    throw Error(ExitCode::usage, "read", where, "it nests deeper than any spec");
  }
  try {
    const json object = json::parse(text);
    if (object.at("format") != kSpecFormat) {
      throw Error(ExitCode::usage, "read", where,
                  "its format is " + object.at("format").dump() + ", this program reads 1");
    }
    return spec_from_json(object);
  } catch (const json::exception& failure) {
    throw Error(ExitCode::usage, "read", where, failure.what());
  }
}

}  // namespace radsweep::attempt
