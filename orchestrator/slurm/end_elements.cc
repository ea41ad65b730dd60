#include "orchestrator/slurm/end_elements.h"

#include <poll.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/slurm/collect_now.h"
#include "orchestrator/slurm/submission.h"

namespace radsweep::orchestrator::slurm {
namespace {

using Ending = SlurmClient::Ending;
constexpr int kLookMs = 500;

std::set<std::string> identities(db::Database& database, const char* where) {
  std::set<std::string> found;
  const db::Table table =
      db::query(database, std::string("SELECT identity FROM run WHERE ") + where);
  for (const auto& row : table.rows) found.insert(std::get<std::string>(row[0]));
  return found;
}

std::vector<const Element*> active_in(const std::vector<Submission>& submissions,
                                      const QueueView& queue) {
  std::vector<const Element*> all;
  for (const Submission& submission : submissions) {
    const auto active = queue.active(submission.uuid());
    all.insert(all.end(), active.begin(), active.end());
  }
  return all;
}

std::vector<const Element*> of_state(std::vector<const Element*> elements, Element::State state) {
  std::erase_if(elements, [state](const Element* one) { return one->state != state; });
  return elements;
}

// Whether nothing was active any more within `limit_s`.
bool wait_until_gone(const std::vector<Submission>& submissions, const SlurmClient& slurm,
                     double limit_s) {
  const SystemClock clock;
  const double end_s = clock.elapsed_s() + limit_s;
  while (!active_in(submissions, slurm.queue()).empty()) {
    if (clock.elapsed_s() >= end_s) return false;
    ::poll(nullptr, 0, kLookMs);
  }
  return true;
}

std::string jobs_of(const std::vector<const Element*>& elements) {
  std::string text;
  for (std::size_t i = 0; i < elements.size() && i < 5; ++i) {
    text += (i == 0 ? "" : ", ") + elements[i]->id();
  }
  return elements.size() > 5 ? text + ", ..." : text;
}

}  // namespace

void end_unwanted(const Store& store, db::Database& database, const SlurmClient& slurm,
                  const QueueView& queue) {
  const auto cancelled = identities(database, "state = 'cancelled' OR after_stop = 'cancelled'");
  const auto failed = identities(database, "state = 'failed'");
  if (cancelled.empty() && failed.empty()) return;
  std::vector<const Element*> unwanted;
  for (const Submission& submission : open_submissions_of(store)) {
    const auto active = queue.active(submission.uuid());
    if (active.empty()) continue;
    const std::vector<Key> keys = submission.keys();
    for (const Element* element : active) {
      const auto index = static_cast<std::size_t>(element->index);
      if (index >= keys.size()) continue;
      const std::string& identity = keys[index].identity;
      const bool waits = element->state == Element::State::pending;
      if (!cancelled.contains(identity) && !(waits && failed.contains(identity))) continue;
      submission.stop(element->index);  // first: it must not come back
      unwanted.push_back(element);
    }
  }
  if (!unwanted.empty()) slurm.end(unwanted, Ending::cancel);
}

void stop_elements(const Store& store, const StoreLock& lock, const StopOptions& options) {
  const std::vector<Submission> submissions = open_submissions_of(store);
  if (submissions.empty()) return;
  const SlurmClient slurm(settings_of(store).sbatch_timeout_s);
  // First, so that what is asked to leave does not come back, and what starts now ends at once.
  for (const Submission& submission : submissions) submission.stop();
  const QueueView queue = slurm.queue();
  const auto active = active_in(submissions, queue);
  const auto running = of_state(active, Element::State::running);
  std::cerr << "radsweep: " << active.size() << (active.size() == 1 ? " run is" : " runs are")
            << " in Slurm, " << running.size() << " of them at work\n";
  if (options.now) {
    slurm.end(active, Ending::cancel);
  } else {
    slurm.end(of_state(active, Element::State::pending), Ending::cancel);
    slurm.end(running, Ending::checkpoint);
  }
  const double kill_wait_s = slurm.config().kill_wait_s;
  constexpr double kLeeway_s = 60;  // of the controller, which looks at its nodes in rounds
  if (options.now || !wait_until_gone(submissions, slurm, options.grace_s)) {
    if (!options.now) std::cerr << "radsweep: they did not leave in time and are cancelled\n";
    const QueueView left = slurm.queue();
    slurm.end(active_in(submissions, left), Ending::cancel);
    if (!wait_until_gone(submissions, slurm, kill_wait_s + kLeeway_s)) {
      const QueueView still = slurm.queue();
      throw Error(ExitCode::environment, "stop", store.root().string(),
                  "Slurm has not ended " + jobs_of(active_in(submissions, still)),
                  "squeue says where they are; scancel --signal=KILL ends them");
    }
  }
  collect_now(store, lock);
}

void end_cancelled(const Store& store) {
  if (open_submissions_of(store).empty()) return;
  const auto lock = StoreLock::try_take(store);
  if (!lock) return;
  collect_now(store, *lock);
}

void refuse_active(const Store& store) {
  const std::vector<Submission> submissions = open_submissions_of(store);
  if (submissions.empty()) return;
  const QueueView queue = SlurmClient(settings_of(store).sbatch_timeout_s).queue();
  const auto active = active_in(submissions, queue);
  if (active.empty()) return;
  throw Error(ExitCode::environment, "run on this machine", store.root().string(),
              std::to_string(active.size()) + " of its runs are in Slurm (" + jobs_of(active) + ")",
              "radsweep run SWEEP.yaml --executor slurm waits for them, radsweep stop " +
                  store.root().string() + " ends them");
}

}  // namespace radsweep::orchestrator::slurm
