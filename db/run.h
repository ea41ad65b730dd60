// The vocabulary of the record: what a run is, which states it has, what is stored about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace radsweep::db {

// pending -> running -> done | failed | cancelled; waiting: a retry's backoff; stopping: asked to
// stop, its worker may still live. Spelled as in the database.
enum class RunState { pending, waiting, running, stopping, done, failed, cancelled };
const char* to_string(RunState state);
// Throws Error(internal) on another word.
RunState run_state_from(const std::string& word);

// A run as the sweep file describes it.
struct NewRun {
  std::string name;          // "480-densenet161-s3": unique in the store
  std::string identity;      // SHA-256 of the resolved configuration: unique in the store
  int resolution = 0;        // px
  std::string architecture;  // its name
  std::string variant;  // values of all other axes but seed, "base_lr=0.001 dropout=0.3"; may be ""
  std::int64_t seed = 0;
  std::string config;  // JSON for people and SQL: the resolved configuration
  double cost = 0;     // expected multiply-adds of the whole run; longest first
  int gpus = 1;        // slots that it takes at once; those of most go first
};

struct SweepRow {
  std::string name;
  std::string file_text;  // the sweep file as it was given
};

// Names one attempt; every write about it carries this token (fencing).
struct Fence {
  std::int64_t run_id = 0;
  int attempt = 0;
  bool operator==(const Fence&) const = default;
};

struct Claim {
  Fence fence;
  std::string name;  // of the run
  std::string identity;
  std::vector<int> older_attempts;  // newest first; folders whose checkpoints may be resumed
  int gpus = 1;                     // slots it was given: the first so many of the free ones
};

// Where an attempt's process is; the pid means something only with the other three.
struct ProcessRow {
  std::string host, boot_id;
  int pid = 0;
  std::int64_t start_ticks = 0;
};

// An attempt that has not ended in the database yet.
struct OpenAttempt {
  Fence fence;
  std::string name;  // of the run
  std::string identity;
  RunState state = RunState::running;  // running or stopping
  std::string slot;                    // GPU UUID, "cpu:0", or all its slots: "cpu:0+cpu:1"
  std::optional<ProcessRow> process;   // nothing: the spawn was never recorded
  std::int64_t started_ms = 0;
  std::int64_t ingested_bytes = 0;  // of its events.jsonl
};

struct Failure {
  std::string error_class;  // one of orchestrator/failure_rules.h
  std::string error;        // one line
  std::string log_tail;     // last lines of the worker's log
  std::optional<int> exit_code;
  std::optional<int> term_signal;
};

struct PredictionRow {
  std::string study;
  int label = 0;
  double logit = 0;
  double probability = 0;
};

struct MetricRow {
  int epoch = 0;
  std::string name;  // train_loss, valid_auc, ...; phase is "frozen": 1 or 0
  double value = 0;
};

// What a sealed attempt says; stored once per done run.
struct ResultRow {
  std::optional<double> best_auc;  // 0..1; nothing when no epoch had both classes
  std::optional<int> best_epoch;
  std::optional<double> best_loss;
  std::optional<int> best_loss_epoch;
  double train_seconds = 0;
  double images_per_second = 0;
  double peak_memory_mb = 0;
  std::string device, code_version, torch_version, data_manifest, images_sha256;
  std::string weights;  // path relative to the store
  std::string weights_sha256;
  int train_studies = 0, train_positive = 0, train_images = 0;
  int valid_studies = 0, valid_positive = 0, valid_images = 0;
  std::optional<std::string> data_set;  // "CheXpert-v1.0-small"; nothing when it was not told
  std::optional<int> upsampled_images;  // sources smaller than the resolution
};

struct GpuRow {
  std::string uuid, name;
  double memory_mb = 0;
  std::string state;   // free, held, foreign, quarantined
  std::string reason;  // why not free; may be ""
};

// A place where the orchestrator puts runs.
struct SlotRow {
  std::string name;     // as attempt.slot
  std::string label;    // for people
  std::string problem;  // why it is given no run; may be ""
  bool operator==(const SlotRow&) const = default;
};

struct StateCounts {
  int pending = 0, waiting = 0, running = 0, stopping = 0, done = 0, failed = 0, cancelled = 0;
  int total() const { return pending + waiting + running + stopping + done + failed + cancelled; }
};

// The counter of `state` in `counts`.
int& count_of(StateCounts& counts, RunState state);

}  // namespace radsweep::db
