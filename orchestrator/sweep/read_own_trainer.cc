#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/nearest_name.h"
#include "orchestrator/sweep/expand_own.h"
#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

bool is_axis_name(const std::string& name) {
  return !name.empty() && name.size() <= 32 &&
         (std::isdigit(static_cast<unsigned char>(name[0])) == 0) &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

void add_value(ExtraAxis& axis, const Value& item, Problems& problems) {
  const auto value = scalar_of(item.node);
  if (!value || value->is_null()) {
    problems.add(item.place, "'" + item.name + "' takes texts, numbers, true and false, not " +
                                 described(item.node));
  } else if (axis.key == "seed" && !value->is_number_integer()) {
    problems.add(item.place, "'" + item.name + "' takes whole numbers, not " + described(item.node),
                 "name an axis of other values otherwise");
  } else if (std::ranges::find(axis.values, *value) != axis.values.end()) {
    problems.add(item.place, "'" + item.name + "' has this value twice",
                 "each value makes a run of its own: remove one");
  } else {
    axis.values.push_back(*value);
  }
}

void read_axes(Section& top, Sweep& sweep, Problems& problems) {
  const auto value = top.require("grid", "{lr: [0.1, 0.01], seed: [1, 2, 3]}", problems);
  if (!value) return;
  auto section = Section::open(*value, problems);
  if (!section) return;
  for (const Value& axis : section->take_rest()) {
    ExtraAxis read{axis.name.substr(section->title().size() + 1), {}};
    if (!is_axis_name(read.key)) {
      problems.add(axis.key_place, "'" + read.key + "' cannot name an axis",
                   "1 to 32 letters, digits and '_', the first one no digit");
      continue;
    }
    if (read.key == "gpus_per_run") {  // of radsweep's own trainer
      problems.add(axis.key_place, "a program of your own is given one GPU",
                   "remove 'gpus_per_run', or call a parameter of yours otherwise");
      continue;
    }
    for (const Value& item : read_list(axis, EmptyList::refused, problems)) {
      add_value(read, item, problems);
    }
    sweep.grid.extra.push_back(std::move(read));
  }
}

void read_command(const Value& value, Sweep& sweep, Problems& problems) {
  if (value.node.IsScalar() && value.node.Scalar().find(' ') != std::string::npos) {
    problems.add(value.place, "'" + value.name + "' takes a list of words, not a line for a shell",
                 "as in: command: [python3, train.py, --lr, \"{lr}\"]");
    return;
  }
  std::vector<std::string> axes;
  for (const ExtraAxis& axis : sweep.grid.extra) axes.push_back(axis.key);
  for (const Value& item : read_list(value, EmptyList::refused, problems)) {
    const auto scalar = scalar_of(item.node);
    if (!scalar || scalar->is_null()) {
      problems.add(item.place,
                   "'" + item.name + "' takes a list of words, not " + described(item.node));
      continue;
    }
    const std::string word = item.node.Scalar();
    for (const std::string& name : placeholders_of(word)) {
      if (std::ranges::find(axes, name) != axes.end()) continue;
      problems.add(item.place,
                   "'{" + name + "}' names no axis of 'grid'" + did_you_mean(name, axes),
                   "{{" + name + "}} is the text itself");
    }
    sweep.trainer->command.push_back(word);
  }
}

void read_objective(Section& top, Sweep& sweep, Problems& problems) {
  const auto value = top.take("objective");
  if (!value) {
    problems.add({}, "the sweep file lacks 'objective', which 'worker' needs",
                 "add: objective: {metric: valid_loss, mode: min}");
    return;
  }
  auto section = Section::open(*value, problems);
  if (!section) return;
  if (const auto metric = section->require("metric", "valid_loss", problems)) {
    sweep.trainer->metric = read_text(*metric, problems).value_or("");
  }
  if (const auto mode = section->require("mode", "min", problems)) {
    sweep.trainer->mode = read_choice(*mode, problems).value_or("max");
  }
  section->refuse_rest(problems);
}

}  // namespace

void read_own_trainer(Section& top, Sweep& sweep, Problems& problems) {
  sweep.trainer.emplace();
  read_axes(top, sweep, problems);
  read_objective(top, sweep, problems);
  const auto value = top.take("worker");
  if (!value) {
    problems.add({}, "the sweep file lacks 'worker', which 'objective' needs",
                 "add: worker: {command: [python, train.py, --lr, \"{lr}\"]}");
    return;
  }
  auto section = Section::open(*value, problems);
  if (!section) return;
  if (const auto command =
          section->require("command", "[python, train.py, --lr, \"{lr}\"]", problems)) {
    read_command(*command, sweep, problems);
  }
  section->refuse_rest(problems);
}

}  // namespace radsweep::orchestrator
