#include "orchestrator/slurm/element.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "worker/attempt/alive_lock.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/beat.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

std::optional<json> read_object(const fs::path& file) {
  const auto text = read_file_if_exists(file);
  if (!text) return std::nullopt;
  json object = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  return object.is_object() ? std::optional(std::move(object)) : std::nullopt;
}

// Gone for sure: it was here, in this boot or an earlier one, and lives no more.
bool was_here_and_is_gone(const attempt::ProcessIdentity& process) {
  return process.host == attempt::this_process().host && !attempt::is_running(process);
}

std::int64_t changed_ms(const fs::path& path) {
  std::error_code absent;
  const auto time = fs::last_write_time(path, absent);
  if (absent) return 0;
  const auto since = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

void write_record(const fs::path& folder, const ElementRecord& record) {
  const nlohmann::ordered_json object{{"submission", record.submission},
                                      {"index", record.index},
                                      {"job", record.job},
                                      {"node", record.node},
                                      {"restarts", record.restarts},
                                      {"started_ms", record.started_ms},
                                      {"task", attempt::to_json_text(record.task)}};
  replace_file(folder / attempt::kSlurmFile, object.dump() + "\n");
}

std::optional<ElementRecord> read_record(const fs::path& folder) {
  const auto object = read_object(folder / attempt::kSlurmFile);
  if (!object) return std::nullopt;
  try {
    ElementRecord record;
    record.submission = object->at("submission");
    record.index = object->at("index");
    record.job = object->at("job");
    record.node = object->at("node");
    record.restarts = object->at("restarts");
    record.started_ms = object->at("started_ms");
    record.task =
        attempt::process_from_json_text(object->at("task")).value_or(attempt::ProcessIdentity{});
    return record;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void write_exit(const fs::path& folder, const ElementExit& exit) {
  json object = json::object();
  if (exit.exit_code) object["exit_code"] = *exit.exit_code;
  if (exit.term_signal) object["term_signal"] = *exit.term_signal;
  if (!exit.out_of_memory.empty()) object["out_of_memory"] = exit.out_of_memory;
  if (!exit.error_class.empty()) {
    object["error_class"] = exit.error_class;
    object["error"] = exit.error;
  }
  replace_file(folder / attempt::kExitFile, object.dump() + "\n");
}

std::optional<ElementExit> read_exit(const fs::path& folder) {
  const auto object = read_object(folder / attempt::kExitFile);
  if (!object) return std::nullopt;
  try {
    ElementExit exit;
    if (object->contains("exit_code")) exit.exit_code = object->at("exit_code").get<int>();
    if (object->contains("term_signal")) exit.term_signal = object->at("term_signal").get<int>();
    exit.out_of_memory = object->value("out_of_memory", "");
    exit.error_class = object->value("error_class", "");
    exit.error = object->value("error", "");
    return exit;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

bool is_surely_gone(const fs::path& folder, std::int64_t now_ms) {
  const attempt::AliveState lock = attempt::probe_alive_lock(folder);
  if (lock.held) return false;
  const auto record = read_record(folder);
  // The worker's name is in the lock a moment after it was started; before, there is its task only.
  if (lock.process ? was_here_and_is_gone(*lock.process)
                   : record && was_here_and_is_gone(record->task)) {
    return true;
  }
  const auto beat = attempt::read_beat(folder);
  const std::int64_t sign_ms = std::max(beat ? beat->time_ms : 0, changed_ms(folder));
  return static_cast<double>(now_ms - sign_ms) / 1000 > kStaleBeat_s;
}

}  // namespace radsweep::orchestrator::slurm
