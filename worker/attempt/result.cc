#include "worker/attempt/result.h"

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json_depth.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::attempt {
namespace {

using nlohmann::json;
constexpr int kResultFormat = 1;

// One list of members for both directions.
template <typename Archive, typename ResultType>
void visit_members(Archive&& member, ResultType& r) {
  member("run", r.run);
  member("identity", r.identity);
  member("attempt", r.attempt);
  member("error_class", r.error_class);
  member("error", r.error);
  member("epochs", r.epochs);
  member("predictions", r.predictions);
  member("best_epoch", r.best_epoch);
  member("best_auc", r.best_auc);
  member("best_loss_epoch", r.best_loss_epoch);
  member("best_loss", r.best_loss);
  member("best_weights_sha256", r.best_weights_sha256);
  member("steps", r.steps);
  member("train_seconds", r.train_seconds);
  member("images_per_second", r.images_per_second);
  member("peak_memory_mb", r.peak_memory_mb);
  member("device", r.device);
  member("code_version", r.code_version);
  member("torch_version", r.torch_version);
  member("data_manifest", r.data_manifest);
  member("images_sha256", r.images_sha256);
  member("train_studies", r.train_studies);
  member("train_positive", r.train_positive);
  member("train_images", r.train_images);
  member("valid_studies", r.valid_studies);
  member("valid_positive", r.valid_positive);
  member("valid_images", r.valid_images);
}

// Members that results of older versions lack.
template <typename Archive, typename ResultType>
void visit_optional_members(Archive&& member, ResultType& r) {
  member("data_set", r.data_set);
  member("upsampled_images", r.upsampled_images);
  member("own_epochs", r.own_epochs);
}

Outcome outcome_from_string(const std::string& text) {
  for (Outcome outcome : {Outcome::done, Outcome::failed, Outcome::stopped}) {
    if (text == to_string(outcome)) return outcome;
  }
  throw Error(ExitCode::environment, "read", "a result", "unknown outcome '" + text + "'");
}

Error damaged(const std::filesystem::path& path, const std::string& why) {
  return Error(ExitCode::environment, "read", path.string(), why,
               "move the file away; the run will then continue from its checkpoint");
}

}  // namespace

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::failed:
      return "failed";
    case Outcome::stopped:
      return "stopped";
  }
  return "?";
}

void write_result(const std::filesystem::path& attempt_folder, const Result& result) {
  json body = {{"outcome", to_string(result.outcome)}};
  visit_members([&body](const char* name, const auto& value) { body[name] = value; }, result);
  visit_optional_members(
      [&body](const char* name, const auto& value) {
        if (value) body[name] = *value;
      },
      result);
  const std::string checksum =
      sha256_hex(body.dump(-1, ' ', false, json::error_handler_t::replace));
  const json sealed = {
      {"format", kResultFormat}, {"sha256", checksum}, {"result", std::move(body)}};
  replace_file(attempt_folder / kResultFile,
               sealed.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

std::optional<Result> read_result(const std::filesystem::path& attempt_folder) {
  const auto path = attempt_folder / kResultFile;
  const auto text = read_file_if_exists(path);
  if (!text) return std::nullopt;
  if (is_deep_json(*text)) throw damaged(path, "it nests deeper than any result");
  try {
    const json sealed = json::parse(*text);
    if (sealed.at("format") != kResultFormat) {
      throw damaged(path, "its format is " + sealed.at("format").dump() + ", this program reads 1");
    }
    const json& body = sealed.at("result");
    if (sealed.at("sha256") != sha256_hex(body.dump()))
      throw damaged(path, "its checksum is wrong");
    Result result;
    result.outcome = outcome_from_string(body.at("outcome"));
    visit_members([&body](const char* name, auto& value) { body.at(name).get_to(value); }, result);
    visit_optional_members(
        [&body](const char* name, auto& value) {
          if (body.contains(name)) body.at(name).get_to(value.emplace());
        },
        result);
    return result;
  } catch (const json::exception& failure) {
    throw damaged(path, failure.what());
  }
}

}  // namespace radsweep::attempt
