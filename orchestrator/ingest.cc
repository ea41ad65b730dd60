#include "orchestrator/ingest.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "db/metric_log.h"
#include "orchestrator/measurement_flaw.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/events.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

// A measurement that is no number has no row.
void append_metrics(std::vector<db::MetricRow>& rows, const attempt::EpochRecord& record) {
  const auto add = [&](const char* name, double value) {
    if (std::isfinite(value)) rows.push_back({record.epoch, name, value});
  };
  add("train_loss", record.train_loss);
  add("valid_loss", record.valid_loss);
  if (record.valid_auc) add("valid_auc", *record.valid_auc);
  add("lr_body", record.lr_body);
  add("lr_head", record.lr_head);
  add("seconds", record.seconds);
  add("images_per_second", record.images_per_second);
  add("frozen", record.phase == "frozen" ? 1 : 0);
  add("is_best", record.is_best ? 1 : 0);
  add("is_best_loss", record.is_best_loss ? 1 : 0);
}

void append_metrics(std::vector<db::MetricRow>& rows, const attempt::OwnEpoch& report) {
  for (const auto& [name, value] : report.values) {
    if (std::isfinite(value)) rows.push_back({report.epoch, name, value});
  }
}

std::vector<db::PredictionRow> to_rows(const std::vector<attempt::Prediction>& predictions) {
  std::vector<db::PredictionRow> rows;
  rows.reserve(predictions.size());
  for (const attempt::Prediction& p : predictions) {
    rows.push_back({p.study, p.label, p.logit, p.probability});
  }
  return rows;
}

struct Told {
  std::vector<db::MetricRow> metrics;
  std::vector<db::PredictionRow> predictions;  // of the newest best epoch
  std::optional<double> best_auc;
  int damaged = 0;
};

void add_epoch(Told& told, const nlohmann::json& event) {
  try {
    if (event.at("kind") == "metrics") {
      const auto report = event.get<attempt::OwnEpoch>();
      if (report.epoch < 0)
        ++told.damaged;
      else
        append_metrics(told.metrics, report);
      return;
    }
    if (event.at("kind") != "epoch") return;
    const auto record = event.get<attempt::EpochRecord>();
    const auto predictions = event.value("predictions", std::vector<attempt::Prediction>{});
    if (!flaw_of(record).empty() || !flaw_of(predictions).empty()) {
      ++told.damaged;
      return;
    }
    append_metrics(told.metrics, record);
    if (!record.is_best) return;
    told.best_auc = record.valid_auc;
    told.predictions = to_rows(predictions);
  } catch (const nlohmann::json::exception&) {
    ++told.damaged;
  }
}

std::optional<double> if_any(int epoch, double value) {
  return epoch >= 0 ? std::optional(value) : std::nullopt;
}

std::optional<int> if_any(int epoch) {
  return epoch >= 0 ? std::optional(epoch) : std::nullopt;
}

}  // namespace

bool has_news(const fs::path& folder, std::int64_t offset) {
  std::error_code absent;
  const auto size = fs::file_size(folder / attempt::kEventsFile, absent);
  return !absent && static_cast<std::int64_t>(size) > offset;
}

IngestedEvents ingest_events(db::Database& database, db::RunQueue& queue, const db::Fence& fence,
                             const fs::path& folder, std::int64_t offset) {
  if (!has_news(folder, offset)) return {offset, {}};
  const attempt::EventsRead read = attempt::read_events(folder, static_cast<std::uint64_t>(offset));
  const auto next = static_cast<std::int64_t>(read.next_offset);
  if (next == offset) return {offset, {}};
  Told told;
  told.damaged = read.damaged_lines;
  for (const nlohmann::json& event : read.events) add_epoch(told, event);
  if (!db::append_live(database, fence, told.metrics, told.predictions, next)) return {next, {}};
  if (told.damaged > 0) {
    queue.record_event("damaged",
                       std::to_string(told.damaged) + " unusable lines in " +
                           (folder / attempt::kEventsFile).string() + " were passed over",
                       fence);
  }
  return {next, told.best_auc};
}

bool ingest_result(db::RunQueue& queue, const db::Fence& fence, const fs::path& weights_folder,
                   const attempt::Result& result) {
  db::ResultRow row;
  row.best_auc = if_any(result.best_epoch, result.best_auc);
  row.best_epoch = if_any(result.best_epoch);
  row.best_loss = if_any(result.best_loss_epoch, result.best_loss);
  row.best_loss_epoch = if_any(result.best_loss_epoch);
  row.train_seconds = result.train_seconds;
  row.images_per_second = result.images_per_second;
  row.peak_memory_mb = result.peak_memory_mb;
  row.device = result.device;
  row.code_version = result.code_version;
  row.torch_version = result.torch_version;
  row.data_manifest = result.data_manifest;
  row.images_sha256 = result.images_sha256;
  if (!result.own_epochs) row.weights = (weights_folder / attempt::kBestWeights).string();
  row.weights_sha256 = result.best_weights_sha256;
  row.train_studies = result.train_studies;
  row.train_positive = result.train_positive;
  row.train_images = result.train_images;
  row.valid_studies = result.valid_studies;
  row.valid_positive = result.valid_positive;
  row.valid_images = result.valid_images;
  row.data_set = result.data_set;
  row.upsampled_images = result.upsampled_images;
  std::vector<db::MetricRow> metrics;
  for (const attempt::EpochRecord& record : result.epochs) append_metrics(metrics, record);
  for (const attempt::OwnEpoch& report :
       result.own_epochs.value_or(std::vector<attempt::OwnEpoch>{})) {
    append_metrics(metrics, report);
  }
  return queue.finish(fence, row, metrics, to_rows(result.predictions));
}

}  // namespace radsweep::orchestrator
