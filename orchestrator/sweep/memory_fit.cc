#include "orchestrator/sweep/memory_fit.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "orchestrator/sweep/plan_text.h"

namespace radsweep::orchestrator {
namespace {

std::string sentence(const MemoryNeed& run, double slot_bytes) {
  const std::string slots = run.gpus == 1 ? "a slot has" : std::to_string(run.gpus) + " slots have";
  return run.cell + " is predicted to need " + bytes_in_words(run.bytes) + ", " + slots + " " +
         bytes_in_words(slot_bytes);
}

// In the order in which cells come first.
std::vector<MemoryNeed> largest_of_cells(const std::vector<MemoryNeed>& runs) {
  std::vector<MemoryNeed> cells;
  for (const MemoryNeed& run : runs) {
    const auto known = std::ranges::find(cells, run.cell, &MemoryNeed::cell);
    if (known == cells.end())
      cells.push_back(run);
    else
      known->bytes = std::max(known->bytes, run.bytes);
  }
  return cells;
}

}  // namespace

MemoryNeed need_of(const PlannedRun& run) {
  std::string cell = std::to_string(run.row.resolution) + "-" + run.row.architecture;
  if (run.row.gpus > 1) cell += " on " + std::to_string(run.row.gpus) + " GPUs";
  return {std::move(cell), run.memory_bytes, run.row.gpus};
}

MemoryFit memory_fit(const std::vector<MemoryNeed>& runs,
                     const std::vector<std::optional<double>>& slots) {
  MemoryFit fit;
  if (slots.empty()) return fit;
  std::vector<double> bytes;
  for (const auto& slot : slots) {
    bytes.push_back(slot.value_or(std::numeric_limits<double>::infinity()));
  }
  std::ranges::sort(bytes);
  for (const MemoryNeed& cell : largest_of_cells(runs)) {
    const auto gpus = std::min(static_cast<std::ptrdiff_t>(cell.gpus), std::ssize(bytes));
    const double least = std::accumulate(bytes.begin(), bytes.begin() + gpus, 0.0);
    const double most = std::accumulate(bytes.end() - gpus, bytes.end(), 0.0);
    if (cell.bytes > most) {
      fit.nowhere.push_back(sentence(cell, most));
    } else if (cell.bytes > least) {
      fit.not_everywhere.push_back(sentence(cell, least));
    }
  }
  return fit;
}

void refuse_misfits(const MemoryFit& fit, const std::string& where) {
  if (fit.nowhere.empty()) return;
  std::string all;
  for (const std::string& line : fit.nowhere) all += (all.empty() ? "" : "; ") + line;
  throw Error(ExitCode::environment, "fit the runs of", where, all,
              "kernels: fused, precision: bf16, fewer runs_per_gpu or a smaller studies_per_batch; "
              "`radsweep run --ignore-memory` tries all the same");
}

}  // namespace radsweep::orchestrator
