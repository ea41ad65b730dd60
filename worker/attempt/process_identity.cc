#include "worker/attempt/process_identity.h"

#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/durable_file.h"

namespace radsweep::attempt {
namespace {

using nlohmann::json;

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string boot_id() {
  std::string text = read_file_if_exists("/proc/sys/kernel/random/boot_id").value_or("");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

struct ProcessStat {
  char state = '?';
  std::uint64_t start_ticks = 0;
};

std::optional<ProcessStat> read_stat(int pid) {
  const auto text = read_file_if_exists("/proc/" + std::to_string(pid) + "/stat");
  if (!text) return std::nullopt;
  // The command name in parentheses may hold anything; the fields go on after the last ')'.
  const std::size_t close = text->rfind(')');
  if (close == std::string::npos) return std::nullopt;
  std::istringstream fields(text->substr(close + 1));
  ProcessStat stat;
  fields >> stat.state;  // field 3
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.start_ticks;  // field 22
  if (!fields) return std::nullopt;
  return stat;
}

}  // namespace

ProcessIdentity this_process() {
  return *process_with_pid(::getpid());
}

std::optional<ProcessIdentity> process_with_pid(int pid) {
  const auto stat = read_stat(pid);
  if (!stat) return std::nullopt;
  return ProcessIdentity{host_name(), boot_id(), pid, stat->start_ticks};
}

bool is_running(const ProcessIdentity& process) {
  if (process.pid <= 0 || process.host != host_name() || process.boot_id != boot_id()) return false;
  const auto stat = read_stat(process.pid);
  return stat && stat->start_ticks == process.start_ticks && stat->state != 'Z' &&
         stat->state != 'X';
}

std::string to_json_text(const ProcessIdentity& p) {
  return json{{"host", p.host},
              {"boot_id", p.boot_id},
              {"pid", p.pid},
              {"start_ticks", p.start_ticks}}
             .dump() +
         "\n";
}

std::optional<ProcessIdentity> process_from_json_text(const std::string& text) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  try {
    return ProcessIdentity{object.at("host"), object.at("boot_id"), object.at("pid"),
                           object.at("start_ticks")};
  } catch (const json::exception&) {
    return std::nullopt;  // a half-written lock file names nobody
  }
}

}  // namespace radsweep::attempt
