#include "orchestrator/sweep/memory_fit.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "orchestrator/sweep/plan_text.h"

namespace radsweep::orchestrator {
namespace {

std::string sentence(const MemoryNeed& run, double slot_bytes) {
  return run.cell + " is predicted to need " + bytes_in_words(run.bytes) + ", a slot has " +
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
  return {std::to_string(run.row.resolution) + "-" + run.row.architecture, run.memory_bytes};
}

MemoryFit memory_fit(const std::vector<MemoryNeed>& runs,
                     const std::vector<std::optional<double>>& slots) {
  MemoryFit fit;
  if (slots.empty()) return fit;
  std::vector<double> bytes;
  for (const auto& slot : slots) {
    bytes.push_back(slot.value_or(std::numeric_limits<double>::infinity()));
  }
  const auto [smallest, largest] = std::minmax_element(bytes.begin(), bytes.end());
  for (const MemoryNeed& cell : largest_of_cells(runs)) {
    if (cell.bytes > *largest) {
      fit.nowhere.push_back(sentence(cell, *largest));
    } else if (cell.bytes > *smallest) {
      fit.not_everywhere.push_back(sentence(cell, *smallest));
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
