#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

// Options that the batch script gives itself: another value would break what rests on them.
constexpr std::array kOwnOptions = {
    "--array",      "-a",      "--comment",   "--job-name", "-J",        "--output",
    "-o",           "--error", "-e",          "--",         "--requeue", "--signal",
    "--no-requeue", "--wrap",  "--open-mode", "--parsable", "--hold",    "--wait"};

bool is_number(const std::string& text, std::size_t most_digits) {
  return !text.empty() && text.size() <= most_digits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Fields between colons, each of at most two digits but the first.
bool is_clock(const std::string& text, std::size_t fewest, std::size_t most) {
  std::size_t fields = 0, begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    if (!is_number(text.substr(begin, end - begin), fields == 0 ? 6 : 2)) return false;
    ++fields;
    begin = end + 1;
  }
  return fields >= fewest && fields <= most;
}

std::optional<std::string> read_time(const Value& value, Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (scalar && scalar->is_number_integer() && is_slurm_time(scalar->dump())) return scalar->dump();
  if (scalar && scalar->is_string() && is_slurm_time(scalar->get<std::string>())) {
    return scalar->get<std::string>();
  }
  problems.add(
      value.place,
      "'" + value.name + "' takes minutes or a time as sbatch does, not " + described(value.node),
      "as in 90, \"12:00:00\" or \"2-00:00:00\"");
  return std::nullopt;
}

std::optional<std::string> read_memory(const Value& value, Problems& problems) {
  const auto scalar = scalar_of(value.node);
  if (scalar && scalar->is_number_integer() && is_slurm_memory(scalar->dump())) {
    return scalar->dump();
  }
  if (scalar && scalar->is_string() && is_slurm_memory(scalar->get<std::string>())) {
    return scalar->get<std::string>();
  }
  problems.add(
      value.place,
      "'" + value.name + "' takes megabytes or a size as sbatch does, not " + described(value.node),
      "as in 32G or 32000");
  return std::nullopt;
}

std::optional<std::string> read_partition(const Value& value, Problems& problems) {
  const auto text = read_text(value, problems);
  if (!text || text->find_first_of(" \t\"'") == std::string::npos) return text;
  problems.add(value.place, "'" + *text + "' cannot name a partition",
               "`sinfo` lists them; several are separated by commas, without blanks");
  return std::nullopt;
}

// One word "--name=value": in the script it stands alone on its line.
std::optional<std::string> read_option(const Value& item, Problems& problems) {
  const auto text = read_text(item, problems);
  if (!text) return std::nullopt;
  const std::string name = text->substr(0, text->find('='));
  if (!text->starts_with("-") || name.find(' ') != std::string::npos) {
    problems.add(item.place, "'" + *text + "' is no option of sbatch",
                 "as in extra: [\"--account=physics\", \"--exclude=node7\"]");
    return std::nullopt;
  }
  if (std::ranges::find(kOwnOptions, name) != kOwnOptions.end()) {
    problems.add(item.place, "radsweep itself gives '" + name + "' to sbatch", "remove it");
    return std::nullopt;
  }
  return text;
}

void read_count(std::optional<int>& count, Section& section, const std::string& key,
                Problems& problems) {
  const auto value = section.take(key);
  if (!value) return;
  if (const auto read = read_whole(*value, problems)) count = static_cast<int>(*read);
}

void read_seconds(double& seconds, Section& section, const std::string& key, Problems& problems) {
  const auto value = section.take(key);
  if (!value) return;
  if (const auto read = read_number(*value, problems)) seconds = *read;
}

void read_what_a_run_gets(Section& section, SlurmSettings& slurm, SweepPlaces& places,
                          Problems& problems) {
  if (const auto partition = section.take("partition")) {
    slurm.partition = read_partition(*partition, problems).value_or("");
  }
  if (const auto time = section.take("time")) {
    slurm.time = read_time(*time, problems).value_or("");
  }
  if (const auto gpus = section.take("gpus")) {
    places.slurm_gpus = gpus->place;
    if (const auto count = read_whole(*gpus, problems)) slurm.gpus = static_cast<int>(*count);
  }
  read_count(slurm.cpus, section, "cpus", problems);
  if (const auto memory = section.take("memory")) {
    slurm.memory = read_memory(*memory, problems).value_or("");
  }
}

}  // namespace

bool is_slurm_time(const std::string& text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string::npos) return is_clock(text, 1, 3);
  return is_number(text.substr(0, dash), 4) && is_clock(text.substr(dash + 1), 1, 3);
}

bool is_slurm_memory(const std::string& text) {
  const bool unit = !text.empty() && std::string("KMGT").find(text.back()) != std::string::npos;
  const std::string number = unit ? text.substr(0, text.size() - 1) : text;
  return is_number(number, 9) && number.front() != '0';
}

void read_slurm(Section& top, Sweep& sweep, SweepPlaces& places, Problems& problems) {
  const auto value = top.take("slurm");
  if (!value) return;
  auto section = Section::open(*value, problems);
  if (!section) return;
  SlurmSettings& slurm = sweep.slurm;
  read_what_a_run_gets(*section, slurm, places, problems);
  read_count(slurm.throttle, *section, "throttle", problems);
  if (const auto extra = section->take("extra")) {
    for (const Value& item : read_list(*extra, EmptyList::allowed, problems)) {
      if (auto option = read_option(item, problems)) slurm.extra.push_back(*std::move(option));
    }
  }
  if (const auto setup = section->take("setup")) {
    for (const Value& item : read_list(*setup, EmptyList::allowed, problems)) {
      if (auto line = read_text(item, problems)) slurm.setup.push_back(*std::move(line));
    }
  }
  read_seconds(slurm.sbatch_timeout_s, *section, "sbatch_timeout_s", problems);
  read_seconds(slurm.poll_s, *section, "poll_s", problems);
  section->refuse_rest(problems);
}

}  // namespace radsweep::orchestrator
