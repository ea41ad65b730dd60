#include "worker/attempt/spec.h"

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::attempt {
namespace {

using nlohmann::json;
constexpr int kSpecFormat = 1;

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
  return {object.at("name"), object.at("growth"), object.at("blocks"), object.at("init_features"),
          object.at("bn_size")};
}

json spec_to_json(const Spec& spec) {
  return {{"format", kSpecFormat},
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
          {"slot",
           {{"gpu_uuid", spec.slot.gpu_uuid},
            {"threads", spec.slot.threads},
            {"cpus", spec.slot.cpus}}},
          {"resume_from", spec.resume_from}};
}

Spec spec_from_json(const json& object) {
  Spec spec;
  spec.sweep = object.at("sweep");
  spec.run = object.at("run");
  spec.identity = object.at("identity");
  spec.attempt = object.at("attempt");
  spec.resolution = object.at("resolution");
  spec.architecture = architecture_from_json(object.at("architecture"));
  spec.seed = object.at("seed");
  spec.recipe = recipe_from_json(object.at("train"));
  const json& data = object.at("data");
  const json& labels = data.at("labels");
  spec.data = {data.at("root"),
               data.at("cache"),
               {labels.at("target"), labels.at("uncertain"), labels.at("negatives")},
               data.at("manifest")};
  spec.pretrained = object.at("pretrained");
  spec.pretrained_sha256 = object.at("pretrained_sha256");
  const json& slot = object.at("slot");
  spec.slot = {slot.at("gpu_uuid"), slot.at("threads"), slot.at("cpus")};
  spec.resume_from = object.at("resume_from").get<std::vector<std::string>>();
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
  json architecture = architecture_to_json(spec.architecture);
  architecture.erase("name");
  return json{{"architecture", architecture},
              {"data", spec.data.manifest},
              {"pretrained", spec.pretrained_sha256},
              {"resolution", spec.resolution},
              {"seed", spec.seed},
              {"train", recipe_to_json(spec.recipe)}}
      .dump();
}

void write_spec(const std::filesystem::path& attempt_folder, const Spec& spec) {
  replace_file(attempt_folder / kSpecFile, spec_to_json(spec).dump(2) + "\n");
}

Spec read_spec(const std::filesystem::path& attempt_folder) {
  const auto path = attempt_folder / kSpecFile;
  const std::string text = read_file(path);
  try {
    const json object = json::parse(text);
    if (object.at("format") != kSpecFormat) {
      throw Error(ExitCode::usage, "read", path.string(),
                  "its format is " + object.at("format").dump() + ", this program reads 1");
    }
    return spec_from_json(object);
  } catch (const json::exception& failure) {
    throw Error(ExitCode::usage, "read", path.string(), failure.what());
  }
}

}  // namespace radsweep::attempt
