// Writes what radsweep has to keep, with radsweep's own code, and says after each promise that it
// was given: by a folder "kept-...", made in the root once the call that promises it returned.
//   power_writer database wal|truncate ROOT     four runs, done one after the other
//   power_writer checkpoints ROOT               six checkpoints of an attempt
//   power_writer result ROOT                    three epochs and a sealed result
//   power_writer cache ROOT DATA                an image cache of the data set DATA
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/durable_file.h"
#include "tests/db/queue_fixture.h"
#include "worker/attempt/events.h"
#include "worker/attempt/result.h"
#include "worker/data/prepare_cache.h"
#include "worker/train/checkpoint.h"

namespace radsweep::test {
namespace fs = std::filesystem;

void kept(const fs::path& root, const std::string& what) {
  fs::create_directory(root / ("kept-" + what));
}

// As prepare_attempt makes one.
fs::path make_folder(const fs::path& root) {
  const fs::path folder = root / "attempt";
  fs::create_directory(folder);
  sync_directory(root);
  return folder;
}

void write_database(const fs::path& root, const std::string& mode) {
  auto database = db::Database::open_for_writing(
      root / "sweep.db", mode == "wal" ? db::JournalMode::wal : db::JournalMode::truncate);
  db::RunQueue queue(database, [] { return std::int64_t{1}; });
  queue.set_runs(sweep_row(), {new_run("a", 4), new_run("b", 3), new_run("c", 2), new_run("d", 1)});
  kept(root, "runs");
  while (const auto claim = queue.claim_next("cpu:0")) {
    kept(root, "claim-" + claim->name);
    queue.finish(claim->fence, result_row(), {{0, "train_loss", 0.5}, {1, "train_loss", 0.25}},
                 {{"valid/patient1/study1", 1, 0.5, 0.6}});
    kept(root, "done-" + claim->name);
  }
}

void write_checkpoints(const fs::path& root) {
  const fs::path folder = make_folder(root);
  for (int step = 1; step <= 6; ++step) {
    const std::string weights(1500, static_cast<char>(step));
    train::save_checkpoint(folder, std::string(64, 'a'), {{"step", step}},
                           {{"weight", "F32", {375}, weights}});
    kept(root, std::to_string(step));
  }
}

void write_result(const fs::path& root) {
  const fs::path folder = make_folder(root);
  attempt::EventLog events(folder);
  events.started("fake", "", 0);
  attempt::Result result;
  result.run = "run";
  result.attempt = 1;
  for (int epoch = 0; epoch < 3; ++epoch) {
    attempt::EpochRecord record;
    record.epoch = epoch;
    record.train_loss = 0.5;
    result.epochs.push_back(record);
    events.epoch(record, {});
    kept(root, "epoch-" + std::to_string(epoch));
  }
  attempt::write_result(folder, result);
  kept(root, "result");
}

void write_cache(const fs::path& root, const fs::path& data) {
  data::PrepareOptions options;
  options.root = data;
  options.cache = root / "cache";
  options.resolutions = {8, 12};
  options.threads = 2;
  data::prepare_cache(options);
}

}  // namespace radsweep::test

int main(int argc, char** argv) {
  using namespace radsweep::test;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "database") write_database(words[2], words[1]);
  if (words.size() == 2 && words[0] == "checkpoints") write_checkpoints(words[1]);
  if (words.size() == 2 && words[0] == "result") write_result(words[1]);
  if (words.size() == 3 && words[0] == "cache") write_cache(words[1], words[2]);
  return 0;
}
