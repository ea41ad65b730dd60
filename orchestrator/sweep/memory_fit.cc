#include "orchestrator/sweep/memory_fit.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/error.h"
#include "orchestrator/sweep/plan_text.h"

namespace radsweep::orchestrator {
namespace {

double share_of(const MemoryNeed& run) {
  return run.bytes / run.gpus;
}

std::string sentence(const MemoryNeed& run, double slot_bytes) {
  return run.cell + " is predicted to need " + bytes_in_words(share_of(run)) +
         (run.gpus > 1 ? " on each" : "") + ", a slot has " + bytes_in_words(slot_bytes);
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
    const double most = *(bytes.end() - gpus);  // of the largest, the one that limits
    if (share_of(cell) > most) {
      fit.nowhere.push_back(sentence(cell, most));
    } else if (share_of(cell) > bytes.front()) {
      fit.not_everywhere.push_back(sentence(cell, bytes.front()));
    }
  }
  return fit;
}

void refuse_misfits(const MemoryFit& fit, const std::string& where) {
  if (fit.nowhere.empty()) return;
  std::string all;
  for (const std::string& line : fit.nowhere) all += (all.empty() ? "" : "; ") + line;
  throw Error(
      ExitCode::environment, "fit the runs of", where, all,
      "kernels: fused, precision: bf16, cuda_graphs: false, fewer runs_per_gpu or a smaller "
      "studies_per_batch; `radsweep run --ignore-memory` tries all the same");
}

}  // namespace radsweep::orchestrator
