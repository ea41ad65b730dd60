#include "orchestrator/sweep/sweep_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/durable_file.h"
#include "base/error.h"
#include "base/nearest_name.h"
#include "orchestrator/sweep/sections.h"
#include "orchestrator/sweep/yaml_document.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;

bool is_sweep_name(const std::string& text) {
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 64 && letter_or_digit(text.front()) &&
         std::ranges::all_of(
             text, [&](char c) { return letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

namespace {

void read_name(Section& top, Sweep& sweep, Problems& problems) {
  const auto value = top.require("name", "my-sweep", problems);
  if (!value) return;
  sweep.name = read_text(*value, problems).value_or("");
  if (!sweep.name.empty() && !is_sweep_name(sweep.name)) {
    problems.add(value->place, "'" + sweep.name + "' cannot name a sweep",
                 "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', the first one a letter or digit");
  }
}

}  // namespace

Sweep parse_sweep(const std::string& text, const std::string& name) {
  constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) return parse_sweep(text.substr(3), name);

  Problems problems(name, text);
  Sweep sweep;
  sweep.file = name;
  sweep.text = text;
  SweepPlaces places;
  Section top("", load_yaml(text, problems), {});
  read_name(top, sweep, problems);
  if (top.has("worker") || top.has("objective")) {
    read_own_trainer(top, sweep, problems);
  } else {
    read_data(top, sweep, problems);
    read_grid(top, sweep, places, problems);
    read_train(top, sweep, places, problems);
  }
  read_resources(top, sweep, places, problems);
  read_retry(top, sweep, problems);
  read_prune(top, sweep, problems);
  read_slurm(top, sweep, places, problems);
  top.refuse_rest(problems);
  check_together(sweep, places, problems);
  problems.throw_if_any();
  return sweep;
}

namespace {

// What a mistyped path may have meant: sweep files beside it and below ./sweeps.
std::vector<std::string> sweep_files_near(const fs::path& path) {
  std::vector<std::string> files;
  const auto look_in = [&files](const fs::path& folder) {
    std::error_code absent;
    const fs::path real = folder.empty() ? fs::path(".") : folder;
    for (const fs::directory_entry& entry : fs::directory_iterator(real, absent)) {
      if (entry.path().extension() != ".yaml") continue;
      files.push_back((folder / entry.path().filename()).string());
    }
  };
  look_in(path.parent_path());
  if (path.parent_path() != "sweeps") look_in("sweeps");
  std::ranges::sort(files);
  return files;
}

Error no_such_file(const fs::path& path) {
  const std::vector<std::string> near = sweep_files_near(path);
  std::string known;
  for (const std::string& file : near) known += (known.empty() ? "one of: " : ", ") + file;
  return Error(ExitCode::usage, "read the sweep file", path.string(),
               "there is no such file" + did_you_mean(path.string(), near), known);
}

}  // namespace

Sweep read_sweep_file(const fs::path& path) {
  if (!fs::exists(path)) throw no_such_file(path);
  return parse_sweep(read_file(path), path.string());
}

}  // namespace radsweep::orchestrator
