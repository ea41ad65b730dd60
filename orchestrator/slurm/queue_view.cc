#include "orchestrator/slurm/queue_view.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <sstream>
#include <utility>

namespace radsweep::orchestrator::slurm {
namespace {

using State = Element::State;

constexpr std::array kWaiting = {"PENDING",      "CONFIGURING",   "REQUEUED",    "REQUEUE_FED",
                                 "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"};
constexpr std::array kOver = {"BOOT_FAIL", "CANCELLED",     "COMPLETED", "DEADLINE", "FAILED",
                              "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",  "TIMEOUT"};

// A word that is not known means that something may run.
State state_of(const std::string& word) {
  if (std::ranges::find(kWaiting, word) != kWaiting.end()) return State::pending;
  return std::ranges::find(kOver, word) != kOver.end() ? State::over : State::running;
}

std::optional<int> number_of(const std::string& text) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

// The first fields of a line; the last one is the rest.
template <std::size_t N>
std::optional<std::array<std::string, N>> split(const std::string& line) {
  std::array<std::string, N> fields;
  std::size_t begin = 0;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const std::size_t bar = line.find('|', begin);
    if (bar == std::string::npos) return std::nullopt;
    fields[i] = line.substr(begin, bar - begin);
    begin = bar + 1;
  }
  fields[N - 1] = line.substr(begin);
  return fields;
}

}  // namespace

void QueueView::add(const std::string& submission, Element element) {
  elements_[submission][element.index] = std::move(element);
}

const Element* QueueView::find(const std::string& submission, int index) const {
  const auto of_submission = elements_.find(submission);
  if (of_submission == elements_.end()) return nullptr;
  const auto found = of_submission->second.find(index);
  return found == of_submission->second.end() ? nullptr : &found->second;
}

std::vector<const Element*> QueueView::active(const std::string& submission) const {
  std::vector<const Element*> active;
  const auto of_submission = elements_.find(submission);
  if (of_submission == elements_.end()) return active;
  for (const auto& [index, element] : of_submission->second) {
    if (element.state != State::over) active.push_back(&element);
  }
  return active;
}

std::string QueueView::job_of(const std::string& submission) const {
  const auto found = elements_.find(submission);
  return found == elements_.end() ? "" : found->second.begin()->second.job;
}

QueueView parse_queue(const std::string& text) {
  QueueView view;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto fields = split<5>(line);
    if (!fields) continue;
    const auto& [job, index, word, reason, comment] = *fields;
    if (const auto number = number_of(index)) {
      view.add(comment, {job, *number, state_of(word), word, reason});
    }
  }
  return view;
}

}  // namespace radsweep::orchestrator::slurm
