#include "orchestrator/report/sweep_record.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "orchestrator/report/bootstrap.h"
#include "orchestrator/report/json_text.h"
#include "orchestrator/report/pruned_note.h"
#include "orchestrator/report/table_reader.h"

namespace radsweep::report {
namespace {

std::optional<int> small_or_nothing(const TableReader& rows, const char* column) {
  const auto value = rows.optional_integer(column);
  return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

std::vector<RunRow> read_runs(db::Database& database) {
  TableReader rows(db::query(database,
                             "SELECT * FROM runs WHERE current = 1"
                             " ORDER BY architecture, variant, resolution, seed"));
  const std::set<std::string> pruned = pruned_names(database);
  std::vector<RunRow> runs;
  while (rows.next()) {
    RunRow run;
    run.name = rows.text("run_id");
    run.resolution = rows.small("resolution");
    run.architecture = rows.text("architecture");
    run.variant = rows.text("variant");
    run.seed = rows.integer("seed");
    run.state = pruned.contains(run.name) ? kPruned : rows.text("state");
    run.attempts = rows.small("attempts");
    run.best_auc = rows.optional_real("best_auc");
    run.best_epoch = small_or_nothing(rows, "best_epoch");
    run.best_loss_epoch = small_or_nothing(rows, "best_loss_epoch");
    run.train_seconds = rows.optional_real("train_seconds");
    run.images_per_second = rows.optional_real("images_per_second");
    run.peak_memory_mb = rows.optional_real("peak_memory_mb");
    run.device = rows.text("device");
    run.error_class = rows.text("error_class");
    run.error = rows.text("error");
    runs.push_back(std::move(run));
  }
  return runs;
}

std::vector<EpochRow> read_epochs(db::Database& database) {
  TableReader rows(db::query(database,
                             "SELECT e.* FROM epochs e JOIN runs r ON r.run_id = e.run_id"
                             " WHERE r.current = 1 ORDER BY e.run_id, e.epoch"));
  std::vector<EpochRow> epochs;
  while (rows.next()) {
    EpochRow epoch;
    epoch.run = rows.text("run_id");
    epoch.epoch = rows.small("epoch");
    epoch.phase = rows.text("phase");
    epoch.train_loss = rows.optional_real("train_loss");
    epoch.valid_loss = rows.optional_real("valid_loss");
    epoch.valid_auc = rows.optional_real("valid_auc");
    epoch.lr_body = rows.optional_real("lr_body");
    epoch.lr_head = rows.optional_real("lr_head");
    epochs.push_back(std::move(epoch));
  }
  return epochs;
}

// Fewer resamples where there are many studies, and less to gain: a report stays a matter of
// seconds.
int resamples_for(std::size_t studies) {
  constexpr std::size_t kMostDraws = 2'000'000;
  return static_cast<int>(std::clamp<std::size_t>(kMostDraws / studies, 200, 2000));
}

void add_intervals(std::vector<RunRow>& runs, const std::map<std::string, StudyScores>& scores) {
  for (RunRow& run : runs) {
    const auto found = scores.find(run.name);
    if (found == scores.end()) continue;
    const auto& [studies, labels, logits] = found->second;
    if (const auto measured = delong_auc(labels, logits)) run.delong = normal_interval(*measured);
    run.bootstrap = bootstrap_auc(labels, logits, {resamples_for(studies.size()), 0});
  }
}

void add_loss_selection(std::vector<RunRow>& runs, const std::vector<EpochRow>& epochs) {
  std::map<std::pair<std::string, int>, std::optional<double>> aucs;
  for (const EpochRow& epoch : epochs) aucs[{epoch.run, epoch.epoch}] = epoch.valid_auc;
  for (RunRow& run : runs) {
    if (run.best_loss_epoch) run.auc_at_best_loss = aucs[{run.name, *run.best_loss_epoch}];
  }
}

std::vector<FailedAttempt> read_failures(db::Database& database) {
  TableReader rows(
      db::query(database,
                "SELECT run.name AS run, attempt.attempt, error_class, error, log_tail FROM attempt"
                " JOIN run ON run.id = attempt.run_id WHERE outcome = 'failed' AND run.current = 1"
                " ORDER BY ended_ms DESC"));
  std::vector<FailedAttempt> failures;
  while (rows.next()) {
    failures.push_back({rows.text("run"), rows.small("attempt"), rows.text("error_class"),
                        rows.text("error"), rows.text("log_tail")});
  }
  return failures;
}

std::vector<Fact> read_facts(db::Database& database) {
  const std::vector<std::pair<const char*, const char*>> columns = {
      {"radsweep", "code_version"},
      {"LibTorch", "torch_version"},
      {"device", "device"},
      {"data manifest (SHA-256)", "data_manifest"},
      {"data set", "data_set"},
      {"images (SHA-256)", "images_sha256"},
      {"images enlarged to the resolution", "upsampled_images"},
      {"training studies", "train_studies"},
      {"positive among them", "train_positive"},
      {"training images", "train_images"},
      {"validation studies", "valid_studies"},
      {"positive among these", "valid_positive"},
      {"validation images", "valid_images"}};
  std::vector<Fact> facts;
  for (const auto& [name, column] : columns) {
    TableReader rows(db::query(database, std::string("SELECT CAST(") + column +
                                             " AS TEXT) AS value, count(*) AS runs FROM runs"
                                             " WHERE current = 1 AND state = 'done' AND " +
                                             column + " IS NOT NULL GROUP BY 1"));
    Fact fact{name, {}};
    while (rows.next()) fact.values[rows.text("value")] = rows.small("runs");
    if (!fact.values.empty()) facts.push_back(std::move(fact));
  }
  return facts;
}

void flatten(const nlohmann::json& value, const std::string& name,
             std::map<std::string, std::map<std::string, int>>& facts) {
  if (!value.is_object()) {
    ++facts[name][spelled(value)];
    return;
  }
  for (const auto& [key, member] : value.items()) {
    flatten(member, name.empty() ? key : name + "." + key, facts);
  }
}

std::vector<Fact> read_config(db::Database& database) {
  TableReader rows(db::query(database, "SELECT config FROM runs WHERE current = 1"));
  std::map<std::string, std::map<std::string, int>> values;
  while (rows.next()) {
    // the database checks json_valid
    flatten(nlohmann::json::parse(rows.text("config")), "", values);
  }
  std::vector<Fact> facts;
  for (auto& [name, counts] : values) facts.push_back({name, std::move(counts)});
  return facts;
}

std::optional<ValidationSet> read_validation(db::Database& database) {
  TableReader rows(db::query(database,
                             "SELECT DISTINCT valid_studies, valid_positive FROM runs"
                             " WHERE current = 1 AND valid_studies IS NOT NULL"));
  if (!rows.next()) return std::nullopt;
  const ValidationSet first{rows.small("valid_studies"), rows.small("valid_positive")};
  return rows.next() ? std::nullopt : std::optional(first);
}

}  // namespace

SweepRecord read_sweep(db::Database& database) {
  SweepRecord record;
  TableReader sweep(
      db::query(database, "SELECT name, file_text FROM sweep ORDER BY changed_ms DESC LIMIT 1"));
  if (sweep.next()) {
    record.name = sweep.text("name");
    record.file_text = sweep.text("file_text");
  }
  record.runs = read_runs(database);
  record.epochs = read_epochs(database);
  record.scores = read_scores(database);
  add_intervals(record.runs, record.scores);
  add_loss_selection(record.runs, record.epochs);
  record.cells = read_results(database);
  record.failures = read_failures(database);
  record.facts = read_facts(database);
  record.validation = read_validation(database);
  record.config = read_config(database);
  return record;
}

}  // namespace radsweep::report
