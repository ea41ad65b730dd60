#include "orchestrator/slurm/collect_now.h"

#include <iostream>

#include "base/durable_file.h"
#include "base/error.h"
#include "db/run_queue.h"
#include "orchestrator/clock.h"
#include "orchestrator/slurm/collect.h"
#include "orchestrator/slurm/end_elements.h"
#include "orchestrator/slurm/slurm_client.h"
#include "orchestrator/slurm/submission.h"
#include "orchestrator/slurm/submit.h"
#include "orchestrator/sweep/sweep_file.h"

namespace radsweep::orchestrator::slurm {
namespace {

std::optional<Sweep> sweep_of(const Store& store) {
  const auto text = read_file_if_exists(store.sweep_file());
  if (!text) return std::nullopt;
  return parse_sweep(*text, store.sweep_file().string());
}

std::optional<QueueView> ask(const SlurmClient& slurm) {
  try {
    return slurm.queue();
  } catch (const Error& silent) {
    std::cerr << "radsweep: " << silent.what() << '\n';
    return std::nullopt;
  }
}

InSlurm count(const Store& store, const QueueView& queue) {
  InSlurm there;
  for (const Submission& submission : open_submissions_of(store)) {
    for (const Element* element : queue.active(submission.uuid())) {
      const bool waits = element->state == Element::State::pending;
      ++(waits ? there.pending : there.running);
      if (waits && there.reason.empty() && element->reason != "None") {
        there.reason = element->reason;
      }
    }
  }
  return there;
}

}  // namespace

SlurmSettings settings_of(const Store& store) {
  const auto sweep = sweep_of(store);
  return sweep ? sweep->slurm : SlurmSettings{};
}

std::optional<InSlurm> collect_now(const Store& store, const StoreLock&) {
  const Sweep sweep = sweep_of(store).value_or(Sweep{});
  const SystemClock clock;
  db::Database database = db::Database::open_for_writing(store.database());
  db::RunQueue queue(database, [&clock] { return clock.wall_ms(); });
  const SlurmClient slurm(sweep.slurm.sbatch_timeout_s);
  const std::optional<QueueView> view = ask(slurm);
  if (view) finish_half_made(store, *view, clock);
  Collector collector({store, database, queue, clock, sweep.retry});
  collector.collect(view);
  if (!view) return std::nullopt;
  end_unwanted(store, database, slurm, *view);
  return count(store, *view);
}

std::optional<InSlurm> collect_if_free(const Store& store) {
  if (open_submissions_of(store).empty()) return std::nullopt;
  const auto lock = StoreLock::try_take(store);
  if (!lock) return std::nullopt;
  return collect_now(store, *lock);
}

}  // namespace radsweep::orchestrator::slurm
