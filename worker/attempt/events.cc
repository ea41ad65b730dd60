#include "worker/attempt/events.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::attempt {
namespace {

using nlohmann::json;
constexpr std::string_view kCrcMember = ",\"crc\":\"";
constexpr std::size_t kTailLength = kCrcMember.size() + 8 + 2;  // eight digits, then "}

std::string eight_hex(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", value);
  return text;
}

// nullopt-like: a discarded json when the line is damaged.
json parse_line(std::string_view line) {
  if (line.size() <= kTailLength) return json(json::value_t::discarded);
  const std::string_view body = line.substr(0, line.size() - kTailLength);
  const std::string tail = std::string(kCrcMember) + eight_hex(crc32_of(body)) + "\"}";
  if (line.substr(body.size()) != tail) return json(json::value_t::discarded);
  return json::parse(std::string(body) + "}", nullptr, /*allow_exceptions=*/false);
}

}  // namespace

EventLog::EventLog(const std::filesystem::path& attempt_folder)
    : file_(attempt_folder / kEventsFile) {}

void EventLog::started(const std::string& device, const std::string& resumed_from, long step) {
  append({{"kind", "started"},
          {"device", device},
          {"resumed_from", resumed_from.empty() ? json(nullptr) : json(resumed_from)},
          {"step", step}},
         Durability::synced);
}

void EventLog::epoch(const EpochRecord& record, const std::vector<Prediction>& predictions) {
  json object = record;
  object["kind"] = "epoch";
  if (record.is_best) object["predictions"] = predictions;
  append(std::move(object), Durability::synced);
}

void EventLog::metrics(const OwnEpoch& report) {
  json object = report;
  object["kind"] = "metrics";
  append(std::move(object), Durability::atomic_only);
}

void EventLog::note(const std::string& text) {
  append({{"kind", "note"}, {"text", text}}, Durability::atomic_only);
}

void EventLog::append(json object, Durability durability) {
  std::string body = object.dump(-1, ' ', false, json::error_handler_t::replace);
  body.pop_back();  // the closing brace
  pending_ += body + std::string(kCrcMember) + eight_hex(crc32_of(body)) + "\"}\n";
  write_pending(durability);
}

void EventLog::catch_up() {
  if (!pending_.empty() || unsynced_) write_pending(Durability::synced);
}

void EventLog::write_pending(Durability durability) {
  unsynced_ = true;
  file_.append(pending_, durability);
  pending_.clear();
  if (durability == Durability::synced) unsynced_ = false;
}

EventsRead read_events(const std::filesystem::path& attempt_folder, std::uint64_t offset) {
  EventsRead read;
  read.next_offset = offset;
  const auto text = read_file_if_exists(attempt_folder / kEventsFile);
  if (!text || text->size() <= offset) return read;
  std::string_view rest = std::string_view(*text).substr(offset);
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    json event = parse_line(rest.substr(0, end));
    if (event.is_object()) {
      read.events.push_back(std::move(event));
    } else {
      ++read.damaged_lines;
    }
    read.next_offset += end + 1;
    rest.remove_prefix(end + 1);
  }
  return read;
}

}  // namespace radsweep::attempt
