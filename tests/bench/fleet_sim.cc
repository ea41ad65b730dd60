// The real supervisor and database on a simulated fleet: days of 500 GPUs in minutes.
//
//   fleet_sim [RUNS [GPUS]]      (10000 500), below TMPDIR
//
// Runs take 1 to 24 hours by six kinds, each up to 10 % more or less than its cost says, in steps
// of 5 minutes. Told is what the orchestrator itself took: the simulated launcher's time is left
// out.
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "db/query.h"
#include "orchestrator/supervisor.h"
#include "orchestrator/sweep/schedule.h"
#include "tests/orchestrator/supervised_sweep.h"
#include "tests/support/fake_launcher.h"

namespace {

using namespace radsweep;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr double kStep_s = 300;

double cost_of(long seed) {
  constexpr double kHours[] = {24, 11, 9, 4, 2.7, 1};
  return kHours[seed % 6] * 3600;
}

double duration_of(long seed) {
  const double off = 0.9 + 0.2 * static_cast<double>(seed * 7919 % 1000) / 1000;
  return std::ceil(cost_of(seed) * off / kStep_s) * kStep_s;
}

// Counts its own time, which a real fleet would not take from the orchestrator.
class TimedLauncher : public test::FakeLauncher {
 public:
  using FakeLauncher::FakeLauncher;
  std::vector<orchestrator::WorkerEnd> wait(double timeout_s) override {
    const auto start = Clock::now();
    auto ended = FakeLauncher::wait(timeout_s);
    waited_s += seconds_since(start);
    ++waits;
    return ended;
  }
  double waited_s = 0;
  long waits = 0;
};

std::vector<orchestrator::PlannedRun> runs_of(int count) {
  std::vector<orchestrator::PlannedRun> runs;
  for (int seed = 0; seed < count; ++seed) {
    orchestrator::PlannedRun run = test::SupervisedSweep::plan(seed);
    run.row.cost = cost_of(seed);
    run.spec.seed = static_cast<std::uint64_t>(seed);
    runs.push_back(std::move(run));
  }
  return runs;
}

void tell_database_size(db::Database& database) {
  const auto rows = db::query(database, "SELECT count(*) FROM event").rows;
  std::printf("events written           %ld\n",
              static_cast<long>(std::get<std::int64_t>(rows[0][0])));
}

void tell(const char* what, double value, const char* unit) {
  std::printf("%-24s %.3f %s\n", what, value, unit);
}

}  // namespace

int main(int argc, char** argv) {
  const int run_count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const int gpus = argc > 2 ? std::atoi(argv[2]) : 500;

  test::TempDir folder;
  const orchestrator::Store store{folder.path()};
  test::FakeClock clock;
  db::Database database = db::Database::open_for_writing(store.database());
  db::RunQueue queue(database, [&clock] { return clock.wall_ms(); });
  TimedLauncher launcher(clock, [](const attempt::Spec& spec) {
    test::FakeAttempt plan;
    plan.seconds = duration_of(static_cast<long>(spec.seed));
    plan.total_steps = static_cast<long>(plan.seconds);
    return plan;
  });
  test::SilentProgress progress;
  progress.looked_at = false;

  std::vector<orchestrator::PlannedRun> planned = runs_of(run_count);
  std::vector<db::NewRun> rows;
  std::vector<orchestrator::Job> durations;
  for (const auto& run : planned) {
    rows.push_back(run.row);
    durations.emplace_back(duration_of(run.row.seed));
  }
  queue.set_runs({"fleet", "name: fleet\n"}, rows);
  std::vector<orchestrator::SlotPlan> slots;
  for (int gpu = 0; gpu < gpus; ++gpu) {
    const std::string name = "GPU-" + std::to_string(gpu);
    slots.push_back({name, name, {}});
    queue.record_gpu({name, "simulated", 24576, "free", ""});
  }
  orchestrator::SupervisorOptions options;
  options.sweep = "fleet";
  options.pause_s = 24 * 3600;

  const auto start = Clock::now();
  orchestrator::Supervisor(store, database, queue, launcher, clock, progress, planned, slots,
                           options)
      .run();
  const double own_s = seconds_since(start) - launcher.waited_s;

  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  tell("simulated makespan", clock.elapsed_s() / 3600, "h");
  tell("makespan / bound",
       clock.elapsed_s() /
           orchestrator::shortest_conceivable(durations, static_cast<std::size_t>(gpus)),
       "");
  tell("orchestrator, in all", own_s, "s");
  tell("per run", 1000 * own_s / run_count, "ms");
  tell("runs per second", run_count / own_s, "");
  tell("looks at all workers", static_cast<double>(launcher.waits), "");
  tell("most resident memory", static_cast<double>(usage.ru_maxrss) / 1024, "MB");
  tell_database_size(database);
  return queue.counts().done == run_count ? 0 : 1;
}
