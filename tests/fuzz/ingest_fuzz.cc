// Epochs and results that a worker claims, on their way into a real database: what the schema
// would refuse has to be found before, or one mad worker ends the orchestrator.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "db/database.h"
#include "db/query.h"
#include "orchestrator/attempt_end.h"
#include "orchestrator/ingest.h"
#include "tests/fuzz/fuzz_input.h"
#include "worker/attempt/attempt_files.h"

using namespace radsweep;
using nlohmann::json;

namespace {

// A store with one claimed run; the next one once that is done, since done is final.
struct Store {
  fuzz::Folder folder;
  db::Database database = db::Database::open_for_writing(folder.path() / "sweep.db");
  db::RunQueue queue{database, [] { return std::int64_t{1}; }};
  db::Fence fence;
  std::string name;
  int runs = 0;

  Store() { claim_another(); }

  void claim_another() {
    db::NewRun run;
    run.name = name = "run" + std::to_string(++runs);
    run.identity = "identity" + std::to_string(runs);
    run.resolution = 160;
    run.architecture = "tiny";
    run.config = "{}";
    queue.set_runs({"sweep", "name: sweep\n"}, {run});
    fence = queue.claim_next("cpu:0").value().fence;
  }
};

// Lines of JSON objects as event lines with right checksums.
std::string event_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.ends_with('}')) continue;
    const std::string_view body = line.substr(0, line.size() - 1);
    char crc[9];
    std::snprintf(crc, sizeof crc, "%08x", crc32_of(body));
    lines += std::string(body) + ",\"crc\":\"" + crc + "\"}\n";
  }
  return lines;
}

// A sealed result of the run's one attempt with the members that the input gives other values.
std::string result_text(std::string_view text) {
  json body = json::parse(R"({"outcome":"done","run":"run","identity":"identity","attempt":1,
    "error_class":"","error":"","epochs":[],"predictions":[],"best_epoch":0,"best_auc":0.5,
    "best_loss_epoch":0,"best_loss":1,"best_weights_sha256":"","steps":1,"train_seconds":1,
    "images_per_second":1,"peak_memory_mb":1,"device":"","code_version":"","torch_version":"",
    "data_manifest":"","images_sha256":"","train_studies":1,"train_positive":1,"train_images":1,
    "valid_studies":1,"valid_positive":1,"valid_images":1})");
  const json given = json::parse(text, nullptr, false);
  if (given.is_object()) body.update(given);
  return json{{"format", 1}, {"sha256", sha256_hex(body.dump())}, {"result", body}}.dump();
}

void ingest(std::string_view text) {
  static Store store;
  store.folder.write(attempt::kEventsFile, event_lines(text));
  orchestrator::ingest_events(store.database, store.queue, store.fence, store.folder.path(), 0);
  store.folder.write(attempt::kResultFile, result_text(text));
  orchestrator::WorkerEnd status;
  status.exit_code = 0;
  const auto end = orchestrator::judge_attempt(store.folder.path(), {"run", "identity", 1}, status,
                                               orchestrator::Asked::nothing);
  if (end.kind != orchestrator::AttemptEnd::Kind::done) return;
  orchestrator::ingest_result(store.queue, store.fence, "run/1", end.result);
  const auto done = db::query(
      store.database, "SELECT 1 FROM runs WHERE run_id = ?1 AND state = 'done'", {store.name});
  fuzz::expect(!done.rows.empty(), "a believed result can be stored");
  store.claim_another();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::may_refuse([&] { ingest(text); });
  return 0;
}
