#include "orchestrator/requests.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/error.h"
#include "orchestrator/store_lock.h"

namespace radsweep::orchestrator {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
constexpr const char* kRequestEnd = ".json";
constexpr const char* kAnswerEnd = ".answer";
constexpr int kLookEveryMs = 50;
constexpr int kPatientLooks = 2000 / kLookEveryMs;
constexpr std::chrono::hours kAnswerLife{1};  // whoever asked and died will not fetch it

fs::path answer_path(fs::path request) {
  return request.replace_extension(kAnswerEnd);
}

// Sorts by time of asking; the process makes it unique.
std::string fresh_name() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  return std::to_string(microseconds) + "-" + std::to_string(::getpid()) + kRequestEnd;
}

// nullopt: this is no request. Anybody may put a file there, so nothing about it is certain.
std::optional<Request> parse_request(const std::string& text) {
  try {
    const json object = json::parse(text);
    const std::string verb = object.at("verb").get<std::string>();
    for (RequestVerb known : {RequestVerb::cancel, RequestVerb::retry}) {
      if (verb != to_string(known)) continue;
      return Request{known, object.at("runs").get<std::vector<std::string>>(),
                     object.value("by", "")};
    }
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return std::nullopt;
}

std::string answer_text(const Answer& answer) {
  json lines = json::array();
  for (const auto& problem : answer) lines.push_back(problem ? json(*problem) : json(nullptr));
  return lines.dump() + "\n";
}

Answer parse_answer(const std::string& text, std::size_t runs) {
  const json lines = json::parse(text, nullptr, /*allow_exceptions=*/false);
  Answer answer;
  for (const json& line : lines) {
    answer.push_back(line.is_string() ? std::optional(line.get<std::string>()) : std::nullopt);
  }
  answer.resize(runs);
  return answer;
}

std::vector<fs::path> waiting_requests(const Store& store) {
  std::vector<fs::path> paths;
  std::error_code absent;  // nobody ever asked
  for (const fs::directory_entry& entry : fs::directory_iterator(store.requests(), absent)) {
    if (entry.path().extension() == kRequestEnd) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void remove_old_answers(const Store& store) {
  std::error_code gone;  // fetched meanwhile, or nobody ever asked
  for (const fs::directory_entry& entry : fs::directory_iterator(store.requests(), gone)) {
    if (entry.path().extension() != kAnswerEnd) continue;
    const auto written = fs::last_write_time(entry.path(), gone);
    if (!gone && written + kAnswerLife < fs::file_time_type::clock::now()) {
      fs::remove(entry.path(), gone);
    }
  }
}

}  // namespace

const char* to_string(RequestVerb verb) {
  return verb == RequestVerb::cancel ? "cancel" : "retry";
}

std::optional<Answer> ask_owner(const Store& store, const Request& request,
                                const std::function<void()>& patience) {
  fs::create_directories(store.requests());
  const fs::path path = store.requests() / fresh_name();
  const json object = {
      {"verb", to_string(request.verb)}, {"runs", request.runs}, {"by", request.by}};
  replace_file(path, object.dump() + "\n", Durability::atomic_only);
  for (int look = 0;; ++look) {
    if (look == kPatientLooks && patience) patience();
    const bool owned = probe_store_lock(store).owned;  // before looking: it may answer and leave
    if (const auto text = read_file_if_exists(answer_path(path))) {
      fs::remove(answer_path(path));
      return parse_answer(*text, request.runs.size());
    }
    if (!owned && fs::remove(path)) return std::nullopt;
    ::poll(nullptr, 0, kLookEveryMs);
  }
}

void answer_requests(const Store& store, const std::function<Answer(const Request&)>& answer) {
  remove_old_answers(store);
  for (const fs::path& path : waiting_requests(store)) {
    const auto text = read_file_if_exists(path);
    if (!text) continue;  // withdrawn
    const auto request = parse_request(*text);
    const Answer answered = request ? answer(*request) : Answer{};
    if (request) replace_file(answer_path(path), answer_text(answered), Durability::atomic_only);
    std::error_code withdrawn;
    fs::remove(path, withdrawn);
  }
}

}  // namespace radsweep::orchestrator
