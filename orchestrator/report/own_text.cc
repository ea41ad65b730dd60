// The results of a program of the user's for people: text, Markdown, LaTeX.
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/own_format.h"
#include "orchestrator/report/pruned_note.h"
#include "orchestrator/report/text_table.h"

namespace radsweep::report {
namespace {

std::string number_or_nothing(const std::optional<double>& value) {
  return value ? significant(*value, 4) : kNothing;
}

TextTable table_of(const OwnResults& results) {
  TextTable table;
  const auto column = [&table](const std::string& title, Align align) {
    table.header.push_back(title);
    table.align.push_back(align);
  };
  for (const OwnAxis& axis : results.axes) column(axis.name, Align::left);
  column("n", Align::right);
  column(results.metric + " mean ± std", Align::right);
  column("min", Align::right);
  column("max", Align::right);
  column("time", Align::right);
  column("best run", Align::left);
  column(results.has_seeds ? "missing seeds" : "missing", Align::left);
  for (const OwnCell& cell : results.cells) {
    std::vector<std::string> row = cell.values;
    row.insert(row.end(),
               {std::to_string(cell.n), mean_and_std(cell), number_or_nothing(cell.min),
                number_or_nothing(cell.max),
                cell.train_seconds ? duration_text(*cell.train_seconds) : kNothing,
                cell.best_run.empty() ? kNothing : cell.best_run, missing_text(results, cell)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string mean_cell(const OwnCell& cell) {
  if (!cell.mean) return "--";
  const std::string mean = significant(*cell.mean, 4);
  return "$" + mean + (cell.std_dev ? " \\pm " + significant(*cell.std_dev, 2) : "") + "$";
}

std::string number_cell(const std::optional<double>& value) {
  return value ? "$" + significant(*value, 4) + "$" : "--";
}

}  // namespace

std::string results_as_text(const OwnResults& results) {
  return lay_out(table_of(results)) + note_below(results.pruned_runs());
}

std::string results_as_markdown(const OwnResults& results) {
  return lay_out_markdown(table_of(results)) + note_below(results.pruned_runs());
}

std::string results_as_latex(const OwnResults& results) {
  std::string text = "% needs \\usepackage{booktabs}\n\\begin{table}\n  \\centering\n";
  text += "  \\caption{" + latex_text(results.metric) +
          ": mean $\\pm$ sample standard deviation over the seeds; a run counts with its best (" +
          results.mode + ") epoch.";
  const std::string note = pruned_note(results.pruned_runs());
  text += (note.empty() ? "" : " " + latex_text(note)) + "}\n";
  text +=
      "  \\begin{tabular}{" + std::string(results.axes.size(), 'l') + "rrrrl}\n    \\toprule\n    ";
  for (const OwnAxis& axis : results.axes) text += latex_text(axis.name) + " & ";
  text += "$n$ & " + latex_text(results.metric) + " & min & max & missing \\\\\n    \\midrule\n";
  for (const OwnCell& cell : results.cells) {
    text += "    ";
    for (const std::string& value : cell.values) text += latex_text(value) + " & ";
    text += std::to_string(cell.n) + " & " + mean_cell(cell) + " & " + number_cell(cell.min) +
            " & " + number_cell(cell.max) + " & " +
            (cell.missing == 0 ? "--" : missing_text(results, cell)) + " \\\\\n";
  }
  return text + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}

}  // namespace radsweep::report
