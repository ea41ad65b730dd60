#include "orchestrator/slurm/collect.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/ingest.h"
#include "orchestrator/prepare_attempt.h"
#include "orchestrator/slurm/attempt_numbers.h"
#include "orchestrator/slurm_slot.h"
#include "worker/attempt/attempt_files.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kRunsOfOneCommit = 32;  // a thousand commits of their own take many seconds

bool is_open(db::RunState state) {
  return state == db::RunState::running || state == db::RunState::stopping;
}

bool is_sealed(const fs::path& folder) {
  std::error_code unknown;
  return fs::exists(folder / attempt::kResultFile, unknown);
}

bool is_sealed_as_done(const fs::path& folder) {
  try {
    const auto result = attempt::read_result(folder);
    return result && result->outcome == attempt::Outcome::done;
  } catch (const Error&) {  // damaged: settling it says so
    return false;
  }
}

std::string slot_name(const std::optional<ElementRecord>& element) {
  if (!element) return std::string(kSlurmSlot) + "?";
  const std::string& host = element->node.empty() ? element->task.host : element->node;
  return kSlurmSlot + element->job + " " + host;
}

}  // namespace

std::vector<Collector::Run> Collector::read_runs() {
  std::map<std::int64_t, std::int64_t> ingested;  // by run, of its open attempt
  for (const db::OpenAttempt& open : record_.queue.open_attempts()) {
    ingested[open.fence.run_id] = open.ingested_bytes;
  }
  const db::Table table =
      db::query(record_.database,
                "SELECT id, name, identity, state, attempt FROM run WHERE state"
                " IN ('pending', 'waiting', 'running', 'stopping') ORDER BY id");
  std::vector<Run> runs;
  for (const auto& row : table.rows) {
    Run run;
    run.fence = {std::get<std::int64_t>(row[0]), static_cast<int>(std::get<std::int64_t>(row[4]))};
    run.name = std::get<std::string>(row[1]);
    run.identity = std::get<std::string>(row[2]);
    run.state = db::run_state_from(std::get<std::string>(row[3]));
    if (const auto open = ingested.find(run.fence.run_id); open != ingested.end()) {
      run.ingested_bytes = open->second;
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

std::vector<std::string> Collector::collect(const std::optional<QueueView>& queue) {
  std::vector<std::string> told;
  collect_attempts(queue, told);
  if (queue && account_for_unstarted(*queue) > 0) collect_attempts(queue, told);
  return told;
}

void Collector::collect_attempts(const std::optional<QueueView>& queue,
                                 std::vector<std::string>& told) {
  const std::vector<Run> runs = read_runs();
  for (std::size_t begin = 0; begin < runs.size(); begin += kRunsOfOneCommit) {
    record_.database.transaction([&] {
      lines_.clear();  // a full disk makes this run again
      const std::size_t end = std::min(runs.size(), begin + kRunsOfOneCommit);
      for (std::size_t i = begin; i < end; ++i) collect_run(runs[i], queue);
    });
    told.insert(told.end(), lines_.begin(), lines_.end());
  }
}

void Collector::collect_run(const Run& run, const std::optional<QueueView>& queue) {
  const std::vector<int> numbers = attempt_numbers(record_.store.root() / run.name);
  const int newest = numbers.empty() ? 0 : numbers.back();
  if (is_open(run.state) && look_at(run, newest, queue) == Now::runs) return;
  for (const int number : numbers) {
    if (number <= run.fence.attempt) continue;
    const fs::path folder = record_.store.attempt(run.name, number);
    const auto element = read_record(folder);
    // Its task has made the folder and is about to say who it is.
    if (!element && number == newest && !is_surely_gone(folder, record_.clock.wall_ms())) return;
    const auto fence =
        record_.queue.take_up(run.identity, number, slot_name(element),
                              element ? element->started_ms : record_.clock.wall_ms());
    if (!fence) return;  // the one before ended it
    Run taken = run;
    taken.fence = *fence;
    taken.state = db::RunState::running;
    taken.ingested_bytes = 0;
    if (look_at(taken, newest, queue) == Now::runs) return;
  }
}

Collector::Now Collector::look_at(const Run& run, int newest,
                                  const std::optional<QueueView>& queue) {
  const fs::path folder = record_.store.attempt(run.name, run.fence.attempt);
  const IngestedEvents told =
      ingest_events(record_.database, record_.queue, run.fence, folder, run.ingested_bytes);
  const auto status = end_of(folder, run, newest, queue);
  if (!status) return Now::runs;
  const bool superseded = run.fence.attempt < newest;
  if (superseded && is_sealed_as_done(folder)) {
    const std::string why = "superseded by attempt " + std::to_string(newest);
    record_.queue.release(run.fence, "lost", why);
    lines_.push_back(run.name + " lost: " + why);
    return Now::ended;
  }
  const AttemptName name{run.name, run.identity, run.fence.attempt};
  const auto exit = read_exit(folder);
  if (!is_sealed(folder) && exit && !exit->error_class.empty()) {
    const db::Failure failure{exit->error_class, exit->error, log_tail(folder), {}, {}};
    lines_.push_back(settle_failure(record_, run.fence, name, failure, {}).line);
    return Now::ended;
  }
  const bool asked = run.state == db::RunState::stopping || was_stopped(read_record(folder));
  const EndedAttempt ended{run.fence, name, told.bytes, *status,
                           asked ? Asked::stop : Asked::nothing};
  lines_.push_back(settle_attempt(record_, ended).line);
  return Now::ended;
}

// nullopt: it may still run.
std::optional<WorkerEnd> Collector::end_of(const fs::path& folder, const Run& run, int newest,
                                           const std::optional<QueueView>& queue) {
  WorkerEnd end{.fence = run.fence};
  if (const auto exit = read_exit(folder)) {
    end.exit_code = exit->exit_code;
    end.term_signal = exit->term_signal;
    end.out_of_memory = exit->out_of_memory;
    return end;
  }
  if (is_sealed(folder) || run.fence.attempt < newest) return end;
  if (!queue) return std::nullopt;
  const auto record = read_record(folder);
  const Element* element = record ? queue->find(record->submission, record->index) : nullptr;
  if (element && element->state == Element::State::running) return std::nullopt;
  if (!is_surely_gone(folder, record_.clock.wall_ms())) return std::nullopt;
  if (element && element->word == "OUT_OF_MEMORY") {
    end.out_of_memory = "Slurm ended it for taking more memory than it asked for (slurm: memory)";
  }
  return end;
}

bool Collector::was_stopped(const std::optional<ElementRecord>& element) const {
  if (!element) return false;
  for (const Submission& submission : submissions_of(record_.store)) {
    if (submission.uuid() == element->submission) return submission.is_stopped(element->index);
  }
  return false;
}

// Returns how many attempts it made.
int Collector::account_for_unstarted(const QueueView& queue) {
  std::set<std::string> pending;
  for (const Run& run : read_runs()) {
    if (run.state == db::RunState::pending) pending.insert(run.identity);
  }
  int made = 0;
  for (const Submission& submission : open_submissions_of(record_.store)) {
    const std::vector<Key> keys = submission.keys();
    for (int index = 0; index < static_cast<int>(keys.size()); ++index) {
      const Key& key = keys[static_cast<std::size_t>(index)];
      const Element* element = queue.find(submission.uuid(), index);
      if (element && element->state != Element::State::over) continue;
      if (pending.contains(key.identity)) made += account_for(submission, index, key, element);
    }
    if (queue.active(submission.uuid()).empty()) submission.close();
  }
  return made;
}

bool Collector::account_for(const Submission& submission, int index, const Key& key,
                            const Element* element) {
  if (!accounted_.emplace(submission.uuid(), index).second) return false;
  if (submission.is_stopped(index) || !fs::exists(submission.log(index))) return false;
  const fs::path run_folder = record_.store.root() / key.run;
  const std::vector<int> numbers = attempt_numbers(run_folder);
  for (const int number : numbers) {
    const fs::path folder = run_folder / std::to_string(number);
    const auto record = read_record(folder);
    if (record && record->submission == submission.uuid() && record->index == index) return false;
    // One that was sealed a moment ago: the element found that there was nothing left to do.
    if (number == numbers.back() && is_sealed_as_done(folder)) return false;
  }
  const int number =
      std::max(numbers.empty() ? 0 : numbers.back(), submission.spec(index).attempt - 1) + 1;
  const fs::path folder = run_folder / std::to_string(number);
  if (!make_attempt_folder(folder)) return false;  // a task was faster
  write_record(folder, {.submission = submission.uuid(),
                        .index = index,
                        .job = element ? element->id() : "?",
                        .node = "?",
                        .started_ms = record_.clock.wall_ms(),
                        .task = attempt::this_process()});
  std::error_code ignored;  // only a copy for people
  fs::copy_file(submission.log(index), folder / attempt::kLogFile, ignored);
  write_exit(folder, {.error_class = "bug",
                      .error = "its Slurm job ended before radsweep began: see " +
                               submission.log(index).string()});
  return true;
}

}  // namespace radsweep::orchestrator::slurm
