// spec.json: everything a worker needs to know about one attempt. Written by whoever starts the
// worker, before the worker starts, and never changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/attempt/architecture.h"
#include "worker/attempt/recipe.h"

namespace radsweep::attempt {

// Which studies with which labels: positive is target = 1, or -1 under U-Ones;
// negative is target = 0 or any of `negatives` = 1; other studies are dropped.
struct LabelPolicy {
  std::string target = "Atelectasis";
  std::string uncertain = "positive";  // positive (U-Ones) | negative (U-Zeros) | drop
  std::vector<std::string> negatives = {"No Finding"};

  bool operator==(const LabelPolicy&) const = default;
};

struct DataSource {
  std::string root;   // folder with train.csv and valid.csv, absolute
  std::string cache;  // folder with images-<R>.u8, index.csv, manifest-<R>.json, absolute
  LabelPolicy labels;
  std::string manifest;  // SHA-256 naming the data: see data_manifest()

  bool operator==(const DataSource&) const = default;
};

inline constexpr int kMostRanks = 64;  // processes that train one run together

// Where the worker computes. An empty gpu_uuid means the CPU.
struct Slot {
  std::string gpu_uuid;   // "GPU-..." as NVML spells it
  int threads = 1;        // intra-op threads; on the CPU they move the last bits of the numbers
  std::vector<int> cpus;  // processor affinity; empty: leave as it is
  // Of ranks 1, 2, ... of a run that several processes train (they have no others themselves).
  std::vector<Slot> others = {};

  int ranks() const { return 1 + static_cast<int>(others.size()); }

  bool operator==(const Slot&) const = default;
};

// A program of the user's that trains instead of radsweep-worker; see worker/wrap.
struct Trainer {
  std::vector<std::string> command;  // the program and its arguments, every placeholder filled in
  std::string folder;                // where it runs, absolute
  std::string params = "{}";         // JSON object: the value of every axis
  std::string metric;                // decides which epoch is the best
  std::string mode = "max";          // max | min: which value of it

  bool operator==(const Trainer&) const = default;
};

struct Spec {
  std::string sweep;
  std::string run;       // "480-densenet161-s3"
  std::string identity;  // SHA-256 of the resolved configuration, 64 hex digits
  int attempt = 1;
  int resolution = 0;  // px
  Architecture architecture;
  std::uint64_t seed = 0;
  Recipe recipe;
  DataSource data;
  std::string pretrained;         // safetensors file, absolute; empty: random initialisation
  std::string pretrained_sha256;  // of that file; empty without one
  Slot slot;
  int gpus_per_run = 0;      // the slot's, as a part of what the run is; 0: it is none
  bool cuda_graphs = false;  // a GPU is given the passes of a step as a whole (train/step_graphs.h)
  // Folders of older attempts of this run whose checkpoints may be resumed, relative to this
  // attempt's folder, newest first.
  std::vector<std::string> resume_from;
  // With it, all of resolution, architecture, seed, recipe, data and pretrained says nothing.
  std::optional<Trainer> trainer;

  bool operator==(const Spec&) const = default;
};

// Names the data of a sweep without reading images: SHA-256 over the SHA-256 of train.csv and of
// valid.csv and the label policy. Throws Error(environment) when a CSV file cannot be read.
std::string data_manifest(const std::filesystem::path& root, const LabelPolicy& labels);

// The part of a spec that decides the numbers of a run: data manifest, recipe, architecture,
// resolution, seed, initial weights, gpus_per_run where it is an axis. Neither names, paths, slots
// nor attempts.
// The run's identity is the SHA-256 of this canonical text.
// A slot's device and threads are left out although they decide the last bits: they set the order
// in which sums are formed. Bit-identical numbers need the same identity and the same slot, which
// is why a run that continues with other threads says so in its events.
// With a trainer: its command, parameters and objective; not what its files hold.
std::string canonical_configuration(const Spec& spec);

// One line. Reading throws as read_spec does, naming `where`.
std::string to_json_text(const Spec& spec);
Spec spec_from_json_text(const std::string& text, const std::string& where);

void write_spec(const std::filesystem::path& attempt_folder, const Spec& spec);
// Throws Error(environment) when missing, Error(usage) when malformed or of another format.
// Whether the values make sense is check_spec()'s business.
Spec read_spec(const std::filesystem::path& attempt_folder);

}  // namespace radsweep::attempt
