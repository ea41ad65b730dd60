#include "orchestrator/report/number_text.h"
#include "orchestrator/report/pruned_note.h"
#include "orchestrator/report/results_format.h"
#include "orchestrator/report/text_table.h"

namespace radsweep::report {
namespace {

std::string points_or_nothing(const std::optional<double>& auc) {
  return auc ? points(*auc) : kNothing;
}

TextTable table_of(const std::vector<Cell>& cells) {
  const bool variants = has_variants(cells);
  TextTable table;
  const auto column = [&table](const char* title, Align align) {
    table.header.emplace_back(title);
    table.align.push_back(align);
  };
  column("architecture", Align::left);
  if (variants) column("variant", Align::left);
  column("resolution", Align::right);
  column("n", Align::right);
  column("AUC mean ± std", Align::right);
  column("min", Align::right);
  column("max", Align::right);
  column("best run", Align::left);
  column("missing seeds", Align::left);
  for (const Cell& cell : cells) {
    std::vector<std::string> row = {cell.architecture};
    if (variants) row.push_back(cell.variant);
    row.insert(row.end(),
               {std::to_string(cell.resolution), std::to_string(cell.n), mean_and_std(cell),
                points_or_nothing(cell.min), points_or_nothing(cell.max),
                cell.best_run.empty() ? kNothing : cell.best_run, missing_text(cell)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

std::string results_as_text(const std::vector<Cell>& cells) {
  return lay_out(table_of(cells)) + note_below(pruned_runs(cells));
}

std::string results_as_markdown(const std::vector<Cell>& cells) {
  return lay_out_markdown(table_of(cells)) + note_below(pruned_runs(cells));
}

}  // namespace radsweep::report
