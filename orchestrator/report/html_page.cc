#include "orchestrator/report/html_page.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/evaluation_tables.h"
#include "orchestrator/report/figures.h"
#include "orchestrator/report/last_epoch.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/orderings.h"
#include "orchestrator/report/page_notes.h"
#include "orchestrator/report/page_parts.h"
#include "orchestrator/report/page_text.h"
#include "orchestrator/report/paper_statements.h"

namespace radsweep::report {
namespace {

std::string subtitle(const SweepRecord& record, const PageOrigin& origin) {
  std::set<int> resolutions;
  std::set<std::string> architectures, variants;
  std::set<std::int64_t> seeds;
  for (const RunRow& run : record.runs) {
    resolutions.insert(run.resolution);
    architectures.insert(run.architecture);
    variants.insert(run.variant);
    seeds.insert(run.seed);
  }
  std::string text = plural(record.runs.size(), "run", "runs") + ": " +
                     plural(resolutions.size(), "resolution", "resolutions") + " × " +
                     plural(architectures.size(), "architecture", "architectures") + " × ";
  if (variants.size() > 1) text += plural(variants.size(), "variant", "variants") + " × ";
  return text + plural(seeds.size(), "seed", "seeds") + ". Written " + utc_text(origin.written_ms) +
         ".";
}

const Cell* highest_cell(const SweepRecord& record) {
  const Cell* highest = nullptr;
  for (const Cell& cell : record.cells) {
    if (cell.mean && (!highest || *cell.mean > *highest->mean)) highest = &cell;
  }
  return highest;
}

Data tiles(const SweepRecord& record) {
  Data list = new_list();
  if (const Cell* cell = highest_cell(record)) {
    list.push_back(tile("highest mean AUC × 100", mean_and_std(*cell),
                        series_name(cell->architecture, cell->variant) + " at " +
                            std::to_string(cell->resolution) +
                            " px, n = " + std::to_string(cell->n)));
  }
  const RunRow* best = nullptr;
  std::size_t done = 0;
  double seconds = 0;
  for (const RunRow& run : record.runs) {
    if (run.best_auc && (!best || *run.best_auc > *best->best_auc)) best = &run;
    if (run.state == "done") ++done;
    seconds += run.train_seconds.value_or(0);
  }
  if (best) list.push_back(tile("best single run", points(*best->best_auc), best->name));
  list.push_back(tile("runs done",
                      std::to_string(done) + " of " + std::to_string(record.runs.size()),
                      plural(record.failures.size(), "failed attempt", "failed attempts")));
  if (done > 0) {
    list.push_back(tile("training", duration_text(seconds), "summed over the finished runs"));
  }
  return list;
}

Data cell_rows(const SweepRecord& record) {
  Data list = new_list();
  const Cell* highest = highest_cell(record);
  const Cell* previous = nullptr;
  for (const Cell& cell : record.cells) {
    const auto last = last_epoch_auc(record, cell);
    Data row;
    row.set("starts_group", Data(!previous || previous->architecture != cell.architecture ||
                                 previous->variant != cell.variant));
    row.set("architecture", cell.architecture);
    row.set("variant", cell.variant);
    row.set("resolution", std::to_string(cell.resolution));
    row.set("n", std::to_string(cell.n));
    row.set("highest", Data(&cell == highest));
    row.set("mean_and_std", mean_and_std(cell));
    row.set("min", text_or_nothing(cell.min, points));
    row.set("max", text_or_nothing(cell.max, points));
    row.set("last_epoch", text_or_nothing(last, [](const MeanAndStd& auc) {
              return points(auc.mean) + (auc.std_dev ? " ± " + points(*auc.std_dev) : "");
            }));
    row.set("ensemble", ensemble_text(cell));
    row.set("best_run", cell.best_run.empty() ? kNothing : cell.best_run);
    row.set("missing", cell.missing_seeds.empty() ? kNothing : missing_text(cell));
    list.push_back(std::move(row));
    previous = &cell;
  }
  return list;
}

Data statement_rows(const std::vector<Statement>& statements) {
  Data list = new_list();
  for (const Statement& statement : statements) {
    Data row;
    row.set("claim", statement.claim);
    row.set("measured", statement.measured.empty() ? kNothing : statement.measured);
    row.set("verdict", words(statement.verdict));
    row.set("css", statement.verdict == Verdict::holds           ? "holds"
                   : statement.verdict == Verdict::does_not_hold ? "not"
                                                                 : "open");
    list.push_back(std::move(row));
  }
  return list;
}

Data comparison_rows(const std::vector<Comparison>& comparisons) {
  Data list = new_list();
  for (const ComparisonText& text : comparison_texts(comparisons)) {
    Data row;
    row.set("cells", text.cells);
    row.set("by_seed", text.by_seed);
    row.set("pairs", text.pairs);
    row.set("ensembles", text.ensembles);
    row.set("p", text.ensembles_p);
    list.push_back(std::move(row));
  }
  return list;
}

Data run_rows(const SweepRecord& record) {
  Data list = new_list();
  for (const RunRow& run : record.runs) {
    Data row;
    row.set("name", run.name);
    row.set("state", run.state);
    row.set("auc", text_or_nothing(run.best_auc, points));
    row.set("epoch",
            text_or_nothing(run.best_epoch, [](int epoch) { return std::to_string(epoch); }));
    row.set("delong", interval_text(run.delong));
    row.set("bootstrap", interval_text(run.bootstrap));
    row.set("auc_at_best_loss", text_or_nothing(run.auc_at_best_loss, points));
    row.set("attempts", std::to_string(run.attempts));
    row.set("time", text_or_nothing(run.train_seconds, duration_text));
    row.set("speed", text_or_nothing(run.images_per_second, [](double s) { return fixed(s, 1); }));
    row.set("memory",
            text_or_nothing(run.peak_memory_mb, [](double mb) { return fixed(mb, 0) + " MB"; }));
    row.set("device", run.device.empty() ? kNothing : run.device);
    row.set("has_error", Data(!run.error.empty() && run.state != "done"));
    row.set("error", run.error_class + ": " + run.error);
    list.push_back(std::move(row));
  }
  return list;
}

std::string columns_of(const SweepRecord& record) {
  std::set<int> resolutions;
  for (const Cell& cell : record.cells) resolutions.insert(cell.resolution);
  return std::to_string(std::clamp<std::size_t>(resolutions.size(), 1, 3));
}

void add_tables(Data& page, const SweepRecord& record) {
  const auto orderings = general_orderings(record.cells, record.runs);
  page.set("tiles", tiles(record));
  page.set("variants", Data(has_variants(record.cells)));
  page.set("cells", cell_rows(record));
  Data notes = new_list();
  for (const std::string& note : reading_notes(record)) notes.push_back(note);
  page.set("notes", std::move(notes));
  page.set("has_orderings", Data(!orderings.empty()));
  page.set("orderings", statement_rows(orderings));
  page.set("enough", Data(std::ranges::any_of(record.cells,
                                              [](const Cell& cell) { return is_enough(&cell); })));
  page.set("enough_seeds", std::to_string(kEnoughSeeds));
  page.set("paper_grid", Data(is_paper_grid(record.cells)));
  page.set("statements", statement_rows(paper_statements(record.cells, record.runs)));
  const auto compared = comparisons(record.cells, record.runs);
  page.set("has_comparisons", Data(!compared.empty()));
  page.set("comparisons", comparison_rows(compared));
  page.set("runs", run_rows(record));
  page.set("has_failures", Data(!record.failures.empty()));
  page.set("failures", failure_rows(record));
  page.set("facts", fact_rows(record.facts, Counts::shown));
  page.set("config", fact_rows(record.config, Counts::hidden));
  page.set("file_text", record.file_text);
}

void add_figures(Data& page, const SweepRecord& record) {
  page.set("auc_chart", svg(auc_figure(record, floor_of(record))));
  page.set("auc_panels", panel_list(auc_panels(record)));
  page.set("roc_panels", panel_list(roc_panels(record)));
  page.set("loss_panels", panel_list(loss_panels(record)));
  page.set("schedule_panels", panel_list(schedule_panels(record)));
  page.set("columns", columns_of(record));
  page.set("frozen_text", frozen_text(record));
}

void add_examples(Data& page, const Examples& examples) {
  Data studies = new_list();
  for (const Example& example : examples.studies) {
    Data study, views = new_list();
    study.set("why", example.why);
    study.set("study", example.study);
    study.set("label", (example.label == 1 ? "" : "no ") + examples.target);
    study.set("probability", fixed(example.probability, 2));
    for (const std::string& uri : example.views) views.push_back(uri);
    study.set("views", std::move(views));
    studies.push_back(std::move(study));
  }
  page.set("examples_section", Data(!examples.absent.empty() || !examples.studies.empty()));
  page.set("has_examples", Data(!examples.studies.empty()));
  page.set("examples", std::move(studies));
  page.set("examples_absent", examples.absent);
  page.set("examples_run", examples.run);
  page.set("examples_px", std::to_string(examples.resolution));
}

}  // namespace

std::string html_page(const SweepRecord& record, const PageOrigin& origin,
                      const Examples& examples) {
  kainjow::mustache::mustache page_template{std::string(kPageTemplate)};
  page_template.set_custom_escape([](const std::string& text) { return html_text(text); });
  Data page;
  page.set("style", kPageStyle);
  page.set("title", record.name);
  page.set("program", origin.program);
  page.set("generated", utc_text(origin.written_ms));
  page.set("subtitle", subtitle(record, origin));
  const std::string incomplete = incomplete_text(record);
  page.set("incomplete", Data(!incomplete.empty()));
  page.set("incomplete_text", incomplete);
  add_tables(page, record);
  add_figures(page, record);
  add_examples(page, examples);
  std::string html = page_template.render(page);
  ensure(page_template.is_valid(), "the report's template is malformed");
  return html;
}

}  // namespace radsweep::report
