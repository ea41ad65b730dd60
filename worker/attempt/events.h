// events.jsonl: what happened in an attempt, one JSON object a line, each ending in
// "crc":"<8 hex>", the CRC-32 of the line's text before `,"crc"`. Append-only. A line may stand
// there twice, when the disk failed between writing and syncing it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/durable_file.h"
#include "worker/attempt/epoch_record.h"

namespace radsweep::attempt {

// Writer, owned by the worker's training thread. What throws Error(environment) because the disk
// takes no more is kept and written, in order, before the next event or by catch_up().
class EventLog {
 public:
  explicit EventLog(const std::filesystem::path& attempt_folder);

  // {"kind":"started", "device":..., "resumed_from":"../1/last.ckpt"|null, "step":n, ...}
  void started(const std::string& device, const std::string& resumed_from, long step);
  // {"kind":"epoch", ...EpochRecord, "predictions":[...]}; the predictions only when is_best.
  // On the disk when this returns, so that a checkpoint written after it never knows more.
  void epoch(const EpochRecord& record, const std::vector<Prediction>& predictions);
  // {"kind":"metrics", ...OwnEpoch}: one report of a program of the user's. There may be many: on
  // the disk after catch_up().
  void metrics(const OwnEpoch& report);
  // {"kind":"note", "text":...}: a damaged checkpoint that was passed over, other threads than
  // before.
  void note(const std::string& text);

  // Writes what could not be written; nothing when all of it was. On the disk when this returns,
  // reports and notes as well.
  void catch_up();

 private:
  void append(nlohmann::json object, Durability durability);
  void write_pending(Durability durability);

  AppendFile file_;
  std::string pending_;    // lines that are not in the file yet
  bool unsynced_ = false;  // lines in the file that may not be on the disk
};

struct EventsRead {
  std::vector<nlohmann::json> events;  // without the crc member, in file order
  std::uint64_t next_offset = 0;       // where the next read starts: after the last complete line
  int damaged_lines = 0;               // complete lines whose checksum or syntax is wrong
};

// Reads complete lines from byte `offset` on; a torn last line is left for the next read. A file
// that does not exist has no events. Safe while the worker appends. Throws Error(environment).
EventsRead read_events(const std::filesystem::path& attempt_folder, std::uint64_t offset);

}  // namespace radsweep::attempt
