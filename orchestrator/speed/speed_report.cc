#include "orchestrator/speed/speed_report.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/error.h"
#include "orchestrator/report/text_table.h"
#include "orchestrator/sweep/plan_text.h"
#include "orchestrator/sweep/schedule.h"

namespace radsweep::orchestrator {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr double kMebibyte = 1024.0 * 1024;

std::string formatted(const char* format, double value) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, value);
  return buffer.data();
}

std::string speed_text(double images_per_second) {
  return formatted(images_per_second < 100 ? "%.1f" : "%.0f", images_per_second);
}

std::string speed_text(const std::optional<PhaseSpeed>& phase) {
  return phase ? speed_text(phase->images_per_second) : "-";
}

std::string name_of(const CellSpeed& speed) {
  const std::string cell = std::to_string(speed.resolution) + "-" + speed.architecture;
  return speed.variant.empty() ? cell : cell + " " + speed.variant;
}

std::optional<double> run_seconds(const BenchCell& cell, const Workload& work) {
  const auto alone = predicted_seconds(cell.speed, cell.recipe, work);
  return alone ? std::optional(*alone / cell.gpus) : std::nullopt;
}

// The phase that most of a run consists of comes first.
std::vector<std::string> table_row(const BenchCell& cell, const Workload& work) {
  const CellSpeed& speed = cell.speed;
  const std::optional<PhaseSpeed>& most = speed.full ? speed.full : speed.frozen;
  const auto seconds = run_seconds(cell, work);
  std::vector<std::string> row{name_of(speed), std::to_string(cell.runs)};
  if (most) {
    row.insert(row.end(),
               {speed_text(most->images_per_second),
                speed_text(most->slowest) + " to " + speed_text(most->fastest),
                formatted("%.0f", most->step_ms), speed_text(speed.frozen),
                speed_text(speed.validation), bytes_in_words(speed.peak_memory_mb * kMebibyte)});
  } else {
    row.insert(row.end(), 6, "-");
  }
  row.push_back(seconds ? formatted("%.1f", *seconds / 60) : "-");
  return row;
}

int runs_of(const SpeedReport& report) {
  int runs = 0;
  for (const BenchCell& cell : report.cells) runs += cell.runs;
  return runs;
}

std::string total_line(const SpeedReport& report) {
  const auto seconds = makespan(report);
  if (!seconds) return "time      unknown: no cell could be measured\n";
  int known = 0;
  for (const BenchCell& cell : report.cells) {
    if (run_seconds(cell, report.work)) known += cell.runs;
  }
  const std::string left_out =
      known == runs_of(report) ? "" : " of " + std::to_string(runs_of(report));
  return "time      " + seconds_in_words(*seconds) + " for " + std::to_string(known) + left_out +
         " runs on " + std::to_string(report.slots) + (report.slots == 1 ? " slot" : " slots") +
         ", the longest first\n";
}

}  // namespace

std::optional<double> makespan(const SpeedReport& report) {
  std::vector<Job> jobs;
  for (const BenchCell& cell : report.cells) {
    const auto seconds = run_seconds(cell, report.work);
    if (seconds)
      jobs.insert(jobs.end(), static_cast<std::size_t>(cell.runs), {*seconds, cell.gpus});
  }
  if (jobs.empty() || report.slots < 1) return std::nullopt;
  return simulate(jobs, static_cast<std::size_t>(report.slots)).makespan;
}

std::string to_text(const SpeedReport& report) {
  report::TextTable table;
  table.header = {"cell",    "runs",         "images/s",         "of single steps",
                  "ms/step", "frozen img/s", "validation img/s", "memory",
                  "min/run"};
  table.align.assign(table.header.size(), report::Align::right);
  table.align.front() = report::Align::left;
  std::string failures;
  for (const BenchCell& cell : report.cells) {
    table.rows.push_back(table_row(cell, report.work));
    if (cell.speed.error.empty()) continue;
    failures += "failed    " + name_of(cell.speed) + ": " + cell.speed.error + "\n";
  }
  return "sweep     " + report.sweep + " (" + report.file + ")\n" + "data      " + report.data +
         ": " + std::to_string(report.work.train_studies) + " training studies, " +
         std::to_string(report.work.train_images) + " images\n" + "measured  on " + report.slot +
         ", one run alone\n\n" + report::lay_out(table) + "\n" + failures + total_line(report);
}

json to_json(const SpeedReport& report) {
  const auto optional = [](const std::optional<double>& value) {
    return value ? json(*value) : json();
  };
  json cells = json::array();
  for (const BenchCell& cell : report.cells) {
    json object = to_json(cell.speed);
    object["runs"] = cell.runs;
    object["gpus"] = cell.gpus;
    object["run_seconds"] = optional(run_seconds(cell, report.work));
    cells.push_back(std::move(object));
  }
  return {{"format", kFormat},
          {"sweep", report.sweep},
          {"data",
           {{"source", report.data},
            {"train_studies", report.work.train_studies},
            {"train_images", report.work.train_images},
            {"valid_images", report.work.valid_images}}},
          {"slot", report.slot},
          {"slots", report.slots},
          {"cells", cells},
          {"seconds", optional(makespan(report))}};
}

std::vector<CellSpeed> read_speeds(const std::string& file) {
  try {
    const json object = json::parse(read_file(file));
    if (object.at("format") != kFormat) {
      throw Error(
          ExitCode::usage, "read the speeds of", file,
          "its format is " + object.at("format").dump() + ", not " + std::to_string(kFormat),
          "measure anew: radsweep bench SWEEP.yaml --output " + file);
    }
    std::vector<CellSpeed> cells;
    for (const json& cell : object.at("cells")) cells.push_back(cell_speed_from_json(cell));
    return cells;
  } catch (const json::exception&) {
    throw Error(ExitCode::usage, "read the speeds of", file, "it is not what radsweep bench writes",
                "radsweep bench SWEEP.yaml --output " + file);
  }
}

}  // namespace radsweep::orchestrator
