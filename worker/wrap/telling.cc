#include "worker/wrap/telling.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "worker/attempt/beat.h"
#include "worker/wrap/metric_line.h"

namespace radsweep::wrap {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kBetweenBeatsMs = 200;

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// The newest beat of an older attempt counts all before it.
double seconds_before(const fs::path& folder, const attempt::Spec& spec) {
  for (const std::string& older : spec.resume_from) {
    if (const auto beat = attempt::read_beat(folder / older)) return beat->train_seconds;
  }
  return 0;
}

History history_of(const fs::path& folder, const attempt::Spec& spec) {
  History history;
  for (auto older = spec.resume_from.rbegin(); older != spec.resume_from.rend(); ++older) {
    history.take_attempt(folder / *older);
  }
  history.begin_attempt();
  return history;
}

}  // namespace

Telling::Telling(const fs::path& attempt_folder, const attempt::Spec& spec)
    : folder_(attempt_folder),
      events_(attempt_folder),
      history_(history_of(attempt_folder, spec)),
      began_ms_(now_ms()),
      earlier_seconds_(seconds_before(attempt_folder, spec)),
      device_(spec.slot.gpu_uuid.empty() ? "CPU, " + std::to_string(spec.slot.threads) + " threads"
                                         : spec.slot.gpu_uuid) {
  events_.started(device_, "", history_.steps());
}

double Telling::train_seconds() const {
  return earlier_seconds_ + static_cast<double>(now_ms() - began_ms_) / 1000;
}

template <typename Write>
void Telling::keep(const Write& write) {
  try {
    write();
  } catch (const Error& cause) {
    if (!disk_told_) std::fprintf(stderr, "radsweep: %s\n", cause.what());
    disk_told_ = true;
  }
}

void Telling::complain(const std::string& line, const std::string& why) {
  const std::string text = "radsweep: passed over a report: " + why + ": " + line.substr(0, 200);
  std::fprintf(stderr, "%s\n", text.c_str());
  keep([&] { events_.note(text); });
}

void Telling::take_too_long(const std::string& beginning) {
  complain(beginning, "a line of more than 1 MiB");
}

void Telling::take_line(const std::string& line) {
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;
  const MetricLine read = parse_metric_line(line);
  if (!read.problem.empty()) return complain(line, read.problem);
  const int epoch = read.epoch.value_or(history_.newest_epoch());
  if (!read.values.empty()) {
    const attempt::OwnEpoch report{epoch, read.values};
    history_.add(report);
    keep([&] { events_.metrics(report); });
  }
  if (read.not_a_number.empty() || !not_a_number_.empty()) return;
  not_a_number_ =
      "'" + read.not_a_number + "' is not a finite number in epoch " + std::to_string(epoch);
}

void Telling::beat() {
  if (std::abs(now_ms() - beaten_ms_) < kBetweenBeatsMs) return;
  beaten_ms_ = now_ms();
  attempt::Beat beat;
  beat.step = history_.steps();
  beat.epoch = history_.newest_epoch();
  beat.phase = "own";
  beat.time_ms = now_ms();
  beat.train_seconds = train_seconds();
  keep([&] {
    events_.catch_up();
    attempt::write_beat(folder_, beat);
  });
}

void Telling::finish() {
  beaten_ms_ = 0;
  beat();
  events_.catch_up();
}

}  // namespace radsweep::wrap
