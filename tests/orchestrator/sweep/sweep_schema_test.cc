// The schema for editors and the parser agree, key by key.
#include "orchestrator/sweep/sweep_schema.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <set>

#include "base/durable_file.h"
#include "orchestrator/sweep/sweep_keys.h"
#include "orchestrator/sweep/yaml_section.h"
#include "tests/orchestrator/sweep/schema_check.h"
#include "tests/orchestrator/sweep/sweep_text.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using namespace radsweep::test;
using nlohmann::json;

namespace {

const json& schema() {
  static const json kSchema = json::parse(sweep_schema().dump()).at("else");
  return kSchema;
}

json valid_file() {
  return json_of_yaml(R"(
name: t
data: {chexpert: /d}
grid: {resolution: [64, 96], architecture: [densenet121, {name: own, blocks: [2, 2]}], seed: [1]}
)");
}

// Every mapping inside the schema with the place of its keys in a file; "" is the file itself.
void walk(const json& part, const json::json_pointer& at,
          const std::function<void(const json::json_pointer&, const json&)>& visit) {
  for (const char* word : {"anyOf", "oneOf"}) {
    for (const json& one : part.value(word, json::array())) walk(one, at, visit);
  }
  if (part.contains("items")) walk(part["items"], at, visit);
  if (!part.contains("properties")) return;
  visit(at, part["properties"]);
  for (const auto& [key, inner] : part["properties"].items()) walk(inner, at / key, visit);
}

// Where in valid_file() a mapping of the schema stands: own networks are the list's second item.
json::json_pointer in_file(const json::json_pointer& at) {
  return at == json::json_pointer("/grid/architecture") ? at / "1" : at;
}

// The valid file with one key set below a mapping. JSON is YAML, too.
json with_key(const json::json_pointer& mapping, const std::string& key, const json& value) {
  json file = valid_file();
  const auto place = in_file(mapping);
  if (place.to_string().starts_with("/data/synthetic")) file["data"].erase("chexpert");
  if (place.to_string() == "/data" && key == "synthetic") file["data"].erase("chexpert");
  if (!file.contains(place)) file[place] = json::object();
  file[place][key] = value;
  return file;
}

// Something the key takes, by the schema alone.
json example_of(const json& form) {
  if (form.contains("default")) return form["default"];
  if (form.contains("anyOf")) return example_of(form["anyOf"][0]);
  if (form.contains("enum")) return form["enum"][0];
  if (form.contains("maximum")) return form["maximum"];  // the least resolution is too small
  if (form["type"] == "array") return json::array({example_of(form["items"])});
  if (form["type"] == "string") return "word";
  json object = json::object();
  for (const json& key : form.value("required", json::array())) {
    object[key.get<std::string>()] = example_of(form["properties"][key.get<std::string>()]);
  }
  if (form.contains("oneOf")) {
    const std::string key = form["oneOf"][0]["required"][0];
    object[key] = example_of(form["properties"][key]);
  }
  return object;
}

bool parses(const json& file) {
  const std::string said = complaint(file.dump());
  INFO(said);
  return said.empty();
}

bool conforms(const json& file) {
  return offence(file, schema()).empty();
}

}  // namespace

TEST_CASE("the parser takes every key of the schema, at the value an editor proposes") {
  std::set<std::string> keys;
  walk(schema(), json::json_pointer(), [&](const json::json_pointer& at, const json& properties) {
    for (const auto& [key, form] : properties.items()) {
      if (key == "pretrained" && at.to_string() == "/grid") continue;  // needs a file per network
      json value = example_of(form);
      if (key == "pretrained") value = {{"own", "w.safetensors"}};
      if (key == "extra") value = "--exclusive";
      if (key == "gpus_per_run") value = 2;  // at most as many as studies in a batch
      if (at.to_string() == "/slurm" && key == "gpus") value = 1;  // as many as gpus_per_run
      const json file = with_key(at, key, value);
      CAPTURE(file.dump());
      CHECK(complaint(file.dump()) == "");
      CHECK(offence(file, schema()) == "");
      keys.insert((at / key).to_string());
    }
  });
  // each table in full; recipe keys below train: and grid:, the augment ones nested and dotted
  std::size_t nested = 0;
  for (const auto& name : attempt::recipe_key_names()) nested += name.find('.') != name.npos;
  const std::size_t recipe = attempt::recipe_keys().size() + nested + 1;  // 1: augment itself
  const std::size_t own = 5;  // worker, objective and what is in them: of the other kind of file
  CHECK(keys.size() + 1 + own == sweep_keys().size() + 2 * recipe);  // 1: grid.pretrained
}

TEST_CASE("a file with a worker of its own conforms to the schema and has axes of any name") {
  const json own = json::parse(sweep_schema().dump()).at("then");
  json file = json_of_yaml(R"(
name: t
worker: {command: [python, train.py, --lr, "{lr}"]}
objective: {metric: valid_loss, mode: min}
grid: {lr: [0.1, 0.01], optimizer: [adam, sgd], amp: [true, false], seed: 1}
retry: {max_attempts: 2}
)");
  CHECK(offence(file, own) == "");
  CHECK(parses(file));
  file["worker"]["command"] = json::array({"train", "{lrr}"});
  CHECK(complaint(file.dump()).find("did you mean 'lr'?") != std::string::npos);
  file["worker"]["command"] = json::array({"train", "{{lrr}}", "{\"a\": 1}"});
  CHECK(parses(file));
  file["grid"]["gpus_per_run"] = {1, 2};
  CHECK(complaint(file.dump()).find("a program of your own is given one GPU") != std::string::npos);
  file["grid"].erase("gpus_per_run");
  file["resources"] = {{"cuda_graphs", true}};
  CHECK(complaint(file.dump()).find("is of radsweep's own training") != std::string::npos);
  file["resources"]["cuda_graphs"] = false;
  CHECK(parses(file));
  file.erase("worker");
  CHECK(complaint(file.dump()).find("lacks 'worker', which 'objective' needs") !=
        std::string::npos);
  file["worker"]["command"] = json::array({"train"});
  file["train"] = json::object();
  CHECK(complaint(file.dump()).find("'train' does not go with 'worker'") != std::string::npos);
  CHECK_FALSE(offence(file, own) == "");
  file.erase("train");
  file["worker"]["command"] = "python train.py";
  CHECK(complaint(file.dump()).find("takes a list of words") != std::string::npos);
}

TEST_CASE("the parser can take no key that the schema lacks") {
  Problems problems("f", "other: 1\n");
  Section top("", YAML::Load("other: 1"), {});
  CHECK_THROWS_AS(top.take("other"), Error);
  CHECK_THROWS_AS(top.require("other", "1", problems), Error);
  CHECK_THROWS_AS(top.take("name"), Error);                      // required by the table
  CHECK_THROWS_AS(top.require("train", "{}", problems), Error);  // optional there
}

TEST_CASE("parser and schema refuse the same values of every key with limits") {
  walk(schema(), json::json_pointer(), [&](const json::json_pointer& at, const json& properties) {
    for (const auto& [key, form] : properties.items()) {
      const json& one = form.contains("anyOf") ? form["anyOf"][0] : form;
      std::vector<json> values = {
          nullptr,        "word",         true,   3,          2.5, json::array(),
          json::object(), {{"other", 1}}, {1, 1}, {"a", "a"}, "",  "a\tb"};
      if (one.contains("minimum")) {
        for (const char* limit : {"minimum", "maximum"}) {
          const double step = one["type"] == "integer" ? 1.0 : 1e-3;
          values.push_back(one[limit]);
          const json outside = one[limit].get<double>() + (limit[1] == 'a' ? step : -step);
          values.push_back(one["type"] == "integer" ? json(outside.get<std::int64_t>()) : outside);
        }
      }
      if (one.contains("enum")) values.insert(values.end(), one["enum"].begin(), one["enum"].end());
      for (const json& value : values) {
        const json file = with_key(at, key, value);
        const std::string said = complaint(file.dump());
        CAPTURE(file.dump());
        CAPTURE(said);
        // what needs more than one key to see is the parser's alone
        if (said.find("is the target and cannot be its own") != said.npos) continue;
        if (said.find("which is not in the grid") != said.npos) continue;
        if (said.find("cannot serve several architectures") != said.npos) continue;
        if (said.find("no feature map") != said.npos) continue;
        if (said.find("is fixed here and an axis at") != said.npos) continue;
        if (said.find("GPUs and trains on 1") != said.npos) continue;
        if (said.find("share batches of") != said.npos) continue;
        if (said.find("one of torchvision's architectures") != said.npos) continue;
        if (said.find("twice, first at") != said.npos && key == "pretrained") continue;
        CHECK(said.empty() == conforms(file));
      }
    }
  });
}

TEST_CASE("a file without a required key, or with an unknown one, does not conform either") {
  for (const char* key : {"name", "data", "grid"}) {
    json file = valid_file();
    file.erase(key);
    CHECK_FALSE(conforms(file));
  }
  json file = valid_file();
  file["grid"].erase("seed");
  CHECK_FALSE(conforms(file));
  walk(schema(), json::json_pointer(), [&](const json::json_pointer& at, const json&) {
    const json other = with_key(at, "other", 1);
    CAPTURE(other.dump());
    CHECK_FALSE(conforms(other));
    CHECK_FALSE(parses(other));
  });
}

TEST_CASE("every sweep file we ship conforms to the schema") {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SWEEPS_DIR)) {
    if (entry.path().extension() != ".yaml") continue;
    CAPTURE(entry.path().string());
    CHECK(offence(json_of_yaml(read_file(entry.path())), schema()) == "");
    ++files;
  }
  CHECK(files >= 3);
}

TEST_CASE("every key of the schema explains itself, and defaults are those of a sweep") {
  walk(schema(), json::json_pointer(), [&](const json::json_pointer& at, const json& properties) {
    for (const auto& [key, form] : properties.items()) {
      CAPTURE(at.to_string() + "/" + key);
      CHECK(form.value("description", "").size() > 5);
    }
  });
  const Sweep with =
      parse_sweep(with_key(json::json_pointer("/retry"), "backoff_s",
                           schema()["properties"]["retry"]["properties"]["backoff_s"]["default"])
                      .dump(),
                  "t");
  CHECK(with.retry.backoff_s == RetryRule{}.backoff_s);
}
