// What a worker leaves in its attempt's folder, as the orchestrator and the next attempt read it:
// spec, lock, beat, events, result. Each input stands for all of them; where a file carries a
// checksum the input is also given a right one.
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "orchestrator/attempt_end.h"
#include "tests/fuzz/fuzz_input.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/events.h"
#include "worker/attempt/spec.h"
#include "worker/attempt/spec_check.h"

using namespace radsweep;

namespace {

// A result file around `text`, sealed as if a worker had written it; `text` itself if it is none.
std::string sealed(std::string_view text) {
  const auto body = nlohmann::json::parse(text, nullptr, false);
  if (!body.is_object()) return std::string(text);
  const std::string checksum = sha256_hex(body.dump());
  return R"({"format":1,"sha256":")" + checksum + R"(","result":)" + std::string(text) + "}";
}

void expect_judged(const fuzz::Folder& folder) {
  const orchestrator::AttemptName name{"run", "identity", 1};
  orchestrator::WorkerEnd status;
  status.exit_code = 0;
  const auto end =
      orchestrator::judge_attempt(folder.path(), name, status, orchestrator::Asked::nothing);
  if (end.kind == orchestrator::AttemptEnd::Kind::done) {
    fuzz::expect(
        end.result.best_epoch < 0 || (end.result.best_auc >= 0 && end.result.best_auc <= 1),
        "a believed AUC is one");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const std::string_view text = fuzz::text_of(data, size);
  for (const char* name : {attempt::kSpecFile, attempt::kLockFile, attempt::kBeatFile,
                           attempt::kEventsFile, attempt::kLogFile}) {
    folder.write(name, text);
  }
  fuzz::may_refuse([&] { attempt::check_spec(attempt::read_spec(folder.path())); });
  fuzz::may_refuse([&] { attempt::probe_alive_lock(folder.path()); });
  fuzz::may_refuse([&] { attempt::read_beat(folder.path()); });
  fuzz::may_refuse([&] {
    const auto read = attempt::read_events(folder.path(), 0);
    fuzz::expect(read.next_offset <= size, "no more is read than is there");
  });
  folder.write(attempt::kResultFile, sealed(text));
  fuzz::may_refuse([&] { expect_judged(folder); });
  return 0;
}
