#include <algorithm>

#include "base/nearest_name.h"
#include "orchestrator/sweep/run_name.h"
#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

std::vector<std::string> architecture_names(const Sweep& sweep) {
  std::vector<std::string> names;
  for (const auto& architecture : sweep.grid.architectures) names.push_back(architecture.name);
  return names;
}

WeightsFiles read_map(const Value& value, const Sweep& sweep, Problems& problems) {
  WeightsFiles files;
  Section section(value.name, value.node, value.key_place);
  const std::vector<std::string> known = architecture_names(sweep);
  for (const Value& file : section.take_rest()) {
    const std::string name = file.name.substr(value.name.size() + 1);
    if (std::ranges::find(known, name) != known.end()) {
      files[name] = read_text(file, problems).value_or("");
      continue;
    }
    const auto near = nearest_name(name, known);
    problems.add(file.key_place, "weights for '" + name + "', which is not in the grid",
                 near ? "did you mean '" + *near + "'?" : "remove it, or add it to the grid");
  }
  return files;
}

// One file, or a file for each architecture.
WeightsFiles read_files(const Value& value, const Sweep& sweep, Problems& problems) {
  if (value.node.IsMap()) return read_map(value, sweep, problems);
  const auto file = read_text(value, problems);
  if (!file) return {};
  const std::string& first = sweep.grid.architectures.front().name;
  if (sweep.grid.architectures.size() > 1) {
    problems.add(value.place, "one weights file cannot serve several architectures",
                 "name each one's file: {" + first + ": " + *file + ", ...}");
    return {};
  }
  return {{first, *file}};
}

// The architecture whose runs would be called the same from both; "" when there is none.
std::string same_label(const Sweep& sweep, const WeightsFiles& one, const WeightsFiles& other) {
  for (const std::string& name : architecture_names(sweep)) {
    if (start_label(one, name) == start_label(other, name)) return name;
  }
  return "";
}

}  // namespace

void read_pretrained(const Value& value, Sweep& sweep, Problems& problems) {
  if (sweep.grid.architectures.empty()) return;  // said already; every name would be unknown
  sweep.pretrained = read_files(value, sweep, problems);
}

void read_pretrained_axis(const Value& value, Sweep& sweep, Problems& problems) {
  if (sweep.grid.architectures.empty()) return;
  std::vector<Place> places;
  for (const Value& item : read_list(value, EmptyList::refused, problems)) {
    const bool none = item.node.IsScalar() && item.node.Scalar() == "none";
    const WeightsFiles files = none ? WeightsFiles{} : read_files(item, sweep, problems);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::string name = same_label(sweep, sweep.grid.pretrained[i], files);
      if (name.empty()) continue;
      problems.add(item.place,
                   "'" + value.name + "' starts " + name + " from '" + start_label(files, name) +
                       "' twice, first at " + to_words(places[i]),
                   "each value makes runs of its own: name a file of another name for each "
                   "architecture");
      break;
    }
    sweep.grid.pretrained.push_back(files);
    places.push_back(item.place);
  }
}

}  // namespace radsweep::orchestrator
