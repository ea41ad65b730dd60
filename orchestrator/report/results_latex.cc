#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/pruned_note.h"
#include "orchestrator/report/results_format.h"

namespace radsweep::report {
namespace {

std::string mean_cell(const Cell& cell) {
  if (!cell.mean) return "--";
  if (!cell.std_dev) return "$" + points(*cell.mean) + "$";
  return "$" + points(*cell.mean) + " \\pm " + points(*cell.std_dev) + "$";
}

std::string points_cell(const std::optional<double>& auc) {
  return auc ? "$" + points(*auc) + "$" : "--";
}

std::string missing_cell(const Cell& cell) {
  return cell.missing_seeds.empty() ? "--" : missing_text(cell);
}

}  // namespace

std::string results_as_latex(const std::vector<Cell>& cells) {
  const bool variants = has_variants(cells);
  std::string text =
      "% needs \\usepackage{booktabs}\n"
      "\\begin{table}\n"
      "  \\centering\n"
      "  \\caption{ROC-AUC $\\times 100$ on the validation studies: mean $\\pm$ sample standard\n"
      "    deviation over the seeds; a run counts with its best epoch.";
  const std::string note = pruned_note(pruned_runs(cells));
  text += (note.empty() ? "" : "\n    " + latex_text(note)) + "}\n";
  text += std::string("  \\begin{tabular}{l") + (variants ? "l" : "") + "rrrrrl}\n    \\toprule\n";
  text += std::string("    architecture & ") + (variants ? "variant & " : "") +
          "resolution & $n$ & AUC & min & max & missing seeds \\\\\n";
  const Cell* previous = nullptr;
  for (const Cell& cell : cells) {
    const bool same_group = previous && previous->architecture == cell.architecture &&
                            previous->variant == cell.variant;
    if (!same_group) text += "    \\midrule\n";
    text += "    " + latex_text(cell.architecture) + " & ";
    if (variants) text += latex_text(cell.variant) + " & ";
    text += std::to_string(cell.resolution) + " & " + std::to_string(cell.n) + " & " +
            mean_cell(cell) + " & " + points_cell(cell.min) + " & " + points_cell(cell.max) +
            " & " + missing_cell(cell) + " \\\\\n";
    previous = &cell;
  }
  return text + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

}  // namespace radsweep::report
