// A program for crash_points_test.cc: does one small piece of durable work from wherever an
// earlier run of it was killed, and exits 0 when all of it is done.
//   crash_script queue DATABASE wal|truncate   a store's life: migrate, add, claim, tell, finish
//   crash_script synth OUT                     generates a data set
//   crash_script cache ROOT CACHE              prepares its images
#include <sched.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/metric_log.h"
#include "db/run_queue.h"
#include "tests/db/queue_fixture.h"
#include "worker/data/prepare_cache.h"
#include "worker/data/synth.h"

using namespace radsweep;

namespace {

std::vector<db::MetricRow> metrics_to(int epochs) {
  std::vector<db::MetricRow> rows;
  for (int epoch = 0; epoch < epochs; ++epoch)
    rows.push_back({epoch, "train_loss", 1.0 / (1 + epoch)});
  return rows;
}

// An attempt that died is given up; the next one tells again what it told.
void finish_run(db::Database& database, db::RunQueue& queue, const db::Fence& fence) {
  queue.record_process(fence, {"host", "boot", 1234, 5678});
  for (int epochs = 1; epochs <= 2; ++epochs) {
    db::append_live(database, fence, metrics_to(epochs), {{"study", 1, 0.5, 0.6}}, 100 * epochs);
  }
  db::ResultRow result;
  result.best_auc = 0.875;
  result.best_epoch = 1;
  queue.finish(fence, result, metrics_to(3), {{"study", 1, 1.5, 0.8}});
}

void live(const std::string& path, const std::string& mode) {
  const auto journal = mode == "wal" ? db::JournalMode::wal : db::JournalMode::truncate;
  db::Database database = db::Database::open_for_writing(path, journal);
  db::RunQueue queue(database, [] { return std::int64_t{1'000'000}; });
  queue.set_runs(test::sweep_row(), {test::new_run("a"), test::new_run("b")});
  for (const db::OpenAttempt& open : queue.open_attempts()) {
    queue.release(open.fence, "lost", "it died");
  }
  while (const auto claim = queue.claim_next("cpu:0")) finish_run(database, queue, claim->fence);
}

// On one processor work runs on one thread, and makes the same calls in the same order in every
// life.
void keep_to_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  if (::sched_setaffinity(0, sizeof one, &one) != 0) throw std::runtime_error("sched_setaffinity");
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    keep_to_one_processor();
    if (words.at(0) == "queue") live(words.at(1), words.at(2));
    if (words.at(0) == "synth")
      data::write_synth(words.at(1), {.studies = 6, .valid = 2, .size_px = 24});
    if (words.at(0) == "cache") {
      data::PrepareOptions options;
      options.root = words.at(1);
      options.cache = words.at(2);
      options.resolutions = {8, 24};
      options.threads = 1;
      data::prepare_cache(options);
    }
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
  return 0;
}
