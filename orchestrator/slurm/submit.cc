#include "orchestrator/slurm/submit.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "base/durable_file.h"
#include "base/error.h"
#include "db/query.h"
#include "orchestrator/environment/prepare_data.h"
#include "orchestrator/slurm/batch_script.h"
#include "orchestrator/slurm/submission.h"

namespace radsweep::orchestrator::slurm {
namespace fs = std::filesystem;
namespace {

struct Wanted {
  const PlannedRun* run = nullptr;
  std::string name;  // in the store
  int attempt = 1;   // the lowest it may take
};

std::vector<Wanted> wanted_runs(const SubmitTo& to, const std::map<std::string, PlannedRun>& runs,
                                const std::set<std::string>& in_slurm) {
  const db::Table table = db::query(to.database,
                                    "SELECT identity, name, attempt FROM run WHERE current = 1 AND"
                                    " state = 'pending' ORDER BY cost DESC, id");
  std::vector<Wanted> wanted;
  for (const auto& row : table.rows) {
    const auto& identity = std::get<std::string>(row[0]);
    const auto run = runs.find(identity);
    if (in_slurm.contains(identity) || run == runs.end()) continue;
    wanted.push_back({&run->second, std::get<std::string>(row[1]),
                      static_cast<int>(std::get<std::int64_t>(row[2])) + 1});
  }
  return wanted;
}

// As many as an array may have, on equally many GPUs each: an array asks for the same for all.
std::vector<std::vector<Wanted>> arrays_of(const std::vector<Wanted>& wanted, std::size_t most) {
  std::map<int, std::vector<Wanted>, std::greater<>> by_gpus;
  for (const Wanted& one : wanted) by_gpus[one.run->row.gpus].push_back(one);
  std::vector<std::vector<Wanted>> arrays;
  for (const auto& [gpus, runs] : by_gpus) {
    for (std::size_t begin = 0; begin < runs.size(); begin += most) {
      const std::size_t end = std::min(runs.size(), begin + most);
      arrays.emplace_back(runs.begin() + static_cast<std::ptrdiff_t>(begin),
                          runs.begin() + static_cast<std::ptrdiff_t>(end));
    }
  }
  return arrays;
}

// Of one of arrays_of.
Submission make_submission(const SubmitTo& to, const Sweep& sweep,
                           const std::vector<Wanted>& wanted) {
  std::vector<const PlannedRun*> runs;
  std::vector<std::string> names;
  std::vector<int> attempts;
  for (const Wanted& one : wanted) {
    runs.push_back(one.run);
    names.push_back(one.name);
    attempts.push_back(one.attempt);
  }
  const int ranks = wanted.front().run->row.gpus;
  const Shape shape{gpus_of_run(sweep, ranks), ranks};
  Submission made = Submission::create(to.store, shape, runs, names, attempts);
  const BatchScript script{made.uuid(),
                           made.folder(),
                           fs::read_symlink("/proc/self/exe"),
                           sweep.trainer ? "" : worker_program().string(),
                           static_cast<int>(wanted.size()),
                           ranks};
  replace_file(made.script(), batch_script(sweep, script));
  return made;
}

// sbatch failed or gave no answer: Slurm may have taken the job all the same.
std::string job_after(const Submission& made, const SubmitTo& to, const Error& cause) {
  std::string job;
  try {
    job = to.slurm.queue().job_of(made.uuid());
  } catch (const Error&) {  // as silent as sbatch was: the first cause says more
    job.clear();
  }
  if (!job.empty()) return job;
  made.stop();  // should it arrive later, it starts nothing
  throw cause;
}

void submit_one(const SubmitTo& to, const Sweep& sweep, const std::vector<Wanted>& wanted) {
  const Submission made = make_submission(to, sweep, wanted);
  std::string job;
  try {
    job = to.slurm.submit(made.script());
  } catch (const Error& cause) {
    job = job_after(made, to, cause);
  }
  made.write_job(job, to.clock.wall_ms());
  to.progress.tell("Slurm has " + std::to_string(wanted.size()) +
                   (wanted.size() == 1 ? " run" : " runs") + " as job " + job);
}

}  // namespace

void finish_half_made(const Store& store, const QueueView& queue, const Clock& clock) {
  for (const Submission& one : open_submissions_of(store)) {
    if (one.has_job() || one.is_stopped()) continue;
    const std::string job = queue.job_of(one.uuid());
    job.empty() ? one.stop() : one.write_job(job, clock.wall_ms());
  }
}

std::set<std::string> runs_in(const Store& store, const QueueView& queue) {
  std::set<std::string> identities;
  for (const Submission& submission : open_submissions_of(store)) {
    const auto active = queue.active(submission.uuid());
    if (active.empty()) continue;
    const std::vector<Key> keys = submission.keys();
    for (const Element* element : active) {
      const auto index = static_cast<std::size_t>(element->index);
      if (index < keys.size()) identities.insert(keys[index].identity);
    }
  }
  return identities;
}

std::vector<Submitted> submit_pending(const SubmitTo& to, const Sweep& sweep,
                                      const std::map<std::string, PlannedRun>& runs,
                                      const std::set<std::string>& in_slurm) {
  const std::vector<Wanted> wanted = wanted_runs(to, runs, in_slurm);
  const auto most = static_cast<std::size_t>(std::max(1, to.config.max_array_size));
  for (const std::vector<Wanted>& array : arrays_of(wanted, most)) submit_one(to, sweep, array);
  std::vector<Submitted> submitted;
  for (const Wanted& one : wanted) {
    submitted.push_back({one.run->row.identity, one.name, one.attempt});
  }
  return submitted;
}

}  // namespace radsweep::orchestrator::slurm
