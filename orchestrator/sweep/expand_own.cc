#include "orchestrator/sweep/expand_own.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace radsweep::orchestrator {
namespace {

using nlohmann::json;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Copies `text`, with `replace(name)` for every {name}.
std::string with_placeholders(const std::string& text,
                              const std::function<std::string(const std::string&)>& replace) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t braces = text.compare(at, 2, "{{") == 0 ? 2 : text[at] == '{' ? 1 : 0;
    std::size_t end = at + braces;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string name = text.substr(at + braces, end - at - braces);
    if (braces == 0 || name.empty() || text.compare(end, braces, std::string(braces, '}')) != 0) {
      out += text[at++];
      continue;
    }
    out += braces == 2 ? "{" + name + "}" : replace(name);
    at = end + braces;
  }
  return out;
}

AxisValues without_seed(const AxisValues& values) {
  AxisValues others;
  for (const auto& value : values) {
    if (value.first != "seed") others.push_back(value);
  }
  return others;
}

attempt::Trainer trainer_of(const Sweep& sweep, const AxisValues& values) {
  attempt::Trainer trainer;
  for (const std::string& argument : sweep.trainer->command) {
    trainer.command.push_back(filled_in(argument, values));
  }
  const auto file = std::filesystem::absolute(sweep.file).lexically_normal();
  trainer.folder = file.parent_path().string();
  json params = json::object();
  for (const auto& [name, value] : values) params[name] = value;
  trainer.params = params.dump();
  trainer.metric = sweep.trainer->metric;
  trainer.mode = sweep.trainer->mode;
  return trainer;
}

// The axes stand in the order of the sweep file.
std::string config_of(const attempt::Trainer& trainer, const AxisValues& values) {
  using Ordered = nlohmann::ordered_json;
  Ordered params = Ordered::object();
  for (const auto& [name, value] : values) params[name] = Ordered(value);
  return Ordered{{"command", trainer.command},
                 {"objective", {{"metric", trainer.metric}, {"mode", trainer.mode}}},
                 {"params", std::move(params)}}
      .dump();
}

// Values may differ in characters that no folder's name has.
void tell_apart(std::vector<PlannedRun>& runs) {
  std::map<std::string, int> uses;
  for (const PlannedRun& run : runs) ++uses[run.row.name];
  for (PlannedRun& run : runs) {
    if (uses[run.row.name] > 1) run.row.name += "-" + run.row.identity.substr(0, 8);
    run.spec.run = run.row.name;
  }
}

}  // namespace

std::vector<std::string> placeholders_of(const std::string& argument) {
  std::vector<std::string> names;
  with_placeholders(argument, [&names](const std::string& name) {
    names.push_back(name);
    return "";
  });
  return names;
}

std::string filled_in(const std::string& argument, const AxisValues& values) {
  return with_placeholders(argument, [&values](const std::string& name) {
    for (const auto& [key, value] : values) {
      if (key == name) return spelled(value);
    }
    return "{" + name + "}";
  });
}

std::vector<PlannedRun> expand_own(const Sweep& sweep,
                                   const std::vector<AxisValues>& combinations) {
  std::vector<PlannedRun> runs;
  for (const AxisValues& values : combinations) {
    PlannedRun run;
    run.spec.sweep = sweep.name;
    run.spec.trainer = trainer_of(sweep, values);
    run.spec.identity = sha256_hex(attempt::canonical_configuration(run.spec));
    run.row.name = own_run_name(values);
    run.row.identity = run.spec.identity;
    run.row.resolution = kOwnResolution;
    run.row.architecture = kOwnArchitecture;
    run.row.variant = variant_of(without_seed(values));
    for (const auto& [name, value] : values) {
      if (name == "seed") run.row.seed = value.get<std::int64_t>();
    }
    run.row.config = config_of(*run.spec.trainer, values);
    run.row.cost = 1;
    runs.push_back(std::move(run));
  }
  tell_apart(runs);
  return runs;
}

}  // namespace radsweep::orchestrator
