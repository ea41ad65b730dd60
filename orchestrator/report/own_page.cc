#include "orchestrator/report/own_page.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/own_figures.h"
#include "orchestrator/report/page_notes.h"
#include "orchestrator/report/page_parts.h"
#include "orchestrator/report/page_text.h"

namespace radsweep::report {
namespace {

std::string four_digits(double value) {
  return significant(value, 4);
}

// "24 runs: lr (2) × optimizer (2) × seed (3), all with warmup=5."
std::string subtitle(const OwnResults& results, const PageOrigin& origin) {
  std::string axes;
  const auto add = [&axes](const std::string& name, std::size_t values) {
    axes += (axes.empty() ? ": " : " × ") + name + " (" + std::to_string(values) + ")";
  };
  for (const OwnAxis& axis : results.axes) {
    if (axis.varies()) add(axis.name, axis.values.size());
  }
  std::set<std::int64_t> seeds;
  for (const OwnRun& run : results.runs) seeds.insert(run.seed);
  if (results.has_seeds) add("seed", seeds.size());
  const std::string shared = results.shared_values();
  if (!shared.empty()) axes += (results.runs.size() > 1 ? ", all with " : " with ") + shared;
  return plural(results.runs.size(), "run", "runs") + axes + ". Written " +
         utc_text(origin.written_ms) + ".";
}

Data tiles(const SweepRecord& record, const OwnResults& results) {
  Data list = new_list();
  const std::string best = results.mode == "min" ? "lowest" : "highest";
  if (const OwnCell* cell = results.best_cell()) {
    const std::string title = results.title_of(*cell);
    list.push_back(tile(best + " mean " + results.metric, mean_and_std(*cell),
                        title + (title.empty() ? "" : ", ") + "n = " + std::to_string(cell->n)));
  }
  if (const OwnRun* run = results.best_run()) {
    list.push_back(tile("best single run", four_digits(*run->best), run->name));
  }
  std::size_t done = 0;
  double seconds = 0;
  for (const OwnRun& run : results.runs) {
    done += run.state == "done" ? 1 : 0;
    seconds += run.train_seconds.value_or(0);
  }
  list.push_back(tile("runs done",
                      std::to_string(done) + " of " + std::to_string(results.runs.size()),
                      plural(record.failures.size(), "failed attempt", "failed attempts")));
  if (done > 0) {
    list.push_back(tile("training", duration_text(seconds), "summed over the finished runs"));
  }
  return list;
}

// Of the axes that tell cells apart; the others are in the subtitle.
Data axis_names(const OwnResults& results) {
  Data list = new_list();
  for (const OwnAxis& axis : results.axes) {
    if (axis.varies()) list.push_back(axis.name);
  }
  return list;
}

Data axis_values(const OwnResults& results, const OwnCell& cell) {
  Data list = new_list();
  for (std::size_t i = 0; i < results.axes.size(); ++i) {
    if (!results.axes[i].varies()) continue;
    Data value;
    value.set("text", cell.values[i]);
    value.set("numeric", Data(results.axes[i].numeric));
    list.push_back(std::move(value));
  }
  return list;
}

Data cell_rows(const OwnResults& results) {
  Data list = new_list();
  const OwnCell* best = results.best_cell();
  for (const OwnCell& cell : results.cells) {
    Data row;
    row.set("values", axis_values(results, cell));
    row.set("n", std::to_string(cell.n));
    row.set("best", Data(&cell == best));
    row.set("mean_and_std", mean_and_std(cell));
    row.set("min", text_or_nothing(cell.min, four_digits));
    row.set("max", text_or_nothing(cell.max, four_digits));
    row.set("time", text_or_nothing(cell.train_seconds, duration_text));
    row.set("best_run", cell.best_run.empty() ? kNothing : cell.best_run);
    row.set("missing", cell.missing == 0 ? kNothing : missing_text(results, cell));
    list.push_back(std::move(row));
  }
  return list;
}

Data run_rows(const OwnResults& results) {
  Data list = new_list();
  for (const OwnRun& run : results.runs) {
    Data row;
    row.set("name", run.name);
    row.set("state", run.state);
    row.set("value", text_or_nothing(run.best, four_digits));
    row.set("epoch",
            text_or_nothing(run.best_epoch, [](int epoch) { return std::to_string(epoch); }));
    row.set("attempts", std::to_string(run.attempts));
    row.set("time", text_or_nothing(run.train_seconds, duration_text));
    row.set("device", run.device.empty() ? kNothing : run.device);
    row.set("has_error", Data(!run.error.empty() && run.state != "done"));
    row.set("error", run.error_class + ": " + run.error);
    list.push_back(std::move(row));
  }
  return list;
}

// The facts that a program of the user's has; the command is in the sweep file, once.
std::vector<Fact> only(const std::vector<Fact>& facts, const std::set<std::string>& names) {
  std::vector<Fact> some;
  for (const Fact& fact : facts) {
    if (names.count(fact.name) > 0) some.push_back(fact);
  }
  return some;
}

std::vector<Fact> parameters(const std::vector<Fact>& config) {
  std::vector<Fact> some = config;
  std::erase_if(some, [](const Fact& fact) { return fact.name == "command"; });
  return some;
}

std::string columns_for(const std::vector<Panel>& panels) {
  return std::to_string(std::clamp<std::size_t>(panels.size(), 1, 3));
}

void add_figures(Data& page, const OwnResults& results) {
  const PanelRow axes = axis_panels(results), curves = curve_panels(results);
  page.set("has_axis_panels", Data(!axes.panels.empty()));
  page.set("axis_panels", panel_list(axes.panels));
  page.set("axis_columns", columns_for(axes.panels));
  page.set("axis_scale", axes.scale_note);
  page.set("curve_panels", panel_list(curves.panels));
  page.set("curve_columns", columns_for(curves.panels));
  page.set("curve_scale", curves.scale_note);
}

void add_tables(Data& page, const SweepRecord& record, const OwnResults& results) {
  page.set("tiles", tiles(record, results));
  page.set("axes", axis_names(results));
  page.set("cells", cell_rows(results));
  page.set("runs", run_rows(results));
  page.set("has_failures", Data(!record.failures.empty()));
  page.set("failures", failure_rows(record));
  page.set("facts", fact_rows(only(record.facts, {"radsweep", "device"}), Counts::shown));
  page.set("config", fact_rows(parameters(record.config), Counts::hidden));
  page.set("file_text", record.file_text);
}

}  // namespace

std::string own_page(const SweepRecord& record, const OwnResults& results,
                     const PageOrigin& origin) {
  kainjow::mustache::mustache page_template{std::string(kOwnPageTemplate)};
  page_template.set_custom_escape([](const std::string& text) { return html_text(text); });
  Data page;
  page.set("style", kPageStyle);
  page.set("title", record.name);
  page.set("program", origin.program);
  page.set("generated", utc_text(origin.written_ms));
  page.set("subtitle", subtitle(results, origin));
  page.set("metric", results.metric);
  page.set("best", results.mode == "min" ? "lowest" : "highest");
  const std::string incomplete = incomplete_text(record);
  page.set("incomplete", Data(!incomplete.empty()));
  page.set("incomplete_text", incomplete);
  add_tables(page, record, results);
  add_figures(page, results);
  std::string html = page_template.render(page);
  ensure(page_template.is_valid(), "the report's template is malformed");
  return html;
}

}  // namespace radsweep::report
