// Supervisor: which run starts where, and what is shown.
#include "orchestrator/supervisor.h"

#include "tests/orchestrator/supervised_sweep.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using radsweep::test::FakeAttempt;
using radsweep::test::SupervisedSweep;
using Calls = std::vector<std::string>;

TEST_CASE("the most expensive runs start first and every free slot is filled at once") {
  SupervisedSweep sweep(5, 2, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    plan.seconds = spec.run == "32-tiny-s1" ? 100 : 10;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"start 32-tiny-s1/1", "start 32-tiny-s2/1",
                                      "start 32-tiny-s3/1", "start 32-tiny-s4/1",
                                      "start 32-tiny-s5/1"});
  CHECK(sweep.launcher.most_at_once == 2);
  CHECK(sweep.clock.elapsed_s() == doctest::Approx(100));
  CHECK(sweep.queue.counts().done == 5);
}

TEST_CASE("a later attempt is told the folders of all older ones, newest first") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec& spec) {
    FakeAttempt plan;
    if (spec.attempt < 3) plan.ends = FakeAttempt::Ends::killed;
    return plan;
  });
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(attempt::read_spec(sweep.store.attempt("32-tiny-s1", 3)).resume_from ==
        std::vector<std::string>{"../2", "../1"});
}

TEST_CASE("a run that cannot be started fails alone") {
  SupervisedSweep sweep(3, 1);
  sweep.launcher.cannot_start = {"32-tiny-s2"};
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.state(2) == "failed");
  CHECK(sweep.queue.counts().done == 2);
}

TEST_CASE("a folder that exists already is passed over, never written into") {
  SupervisedSweep sweep(1, 1);
  std::filesystem::create_directories(sweep.store.attempt("32-tiny-s1", 1));
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.launcher.calls == Calls{"start 32-tiny-s1/2"});
  CHECK(std::filesystem::is_empty(sweep.store.attempt("32-tiny-s1", 1)));
}

TEST_CASE("what is shown are counts, cells, slots and the time to the end") {
  SupervisedSweep sweep(4, 2);
  sweep.run();
  CHECK(sweep.progress.newest.counts.done == 4);
  REQUIRE(sweep.progress.newest.cells.size() == 1);
  CHECK(sweep.progress.newest.cells[0].total == 4);
  CHECK(*sweep.progress.newest.cells[0].mean == doctest::Approx(0.75));
  CHECK(sweep.progress.newest.slots.size() == 2);
  CHECK(sweep.progress.newest.slots[0].run.empty());
  CHECK(*sweep.progress.newest.eta_s == 0);
}

TEST_CASE("a free slot gets its next run before the database is backed up") {
  bool backed_up = false;
  SupervisedSweep* of = nullptr;
  SupervisedSweep sweep(2, 1, [&](const attempt::Spec& spec) {
    if (spec.run == "32-tiny-s2")
      backed_up = std::filesystem::exists(of->store.database().string() + ".backup");
    return FakeAttempt{};
  });
  of = &sweep;
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK_FALSE(backed_up);
  CHECK(std::filesystem::exists(sweep.store.database().string() + ".backup"));
}

TEST_CASE("no picture is made that nobody looks at, but the last one") {
  SupervisedSweep sweep(3, 1);
  sweep.progress.looked_at = false;
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.progress.pictures == 1);
  CHECK(sweep.progress.newest.counts.done == 3);
}

TEST_CASE("pictures that take long are made seldom: a twentieth of the time at most") {
  SupervisedSweep sweep(1, 1, [](const attempt::Spec&) {
    FakeAttempt plan;
    plan.seconds = 100;
    return plan;
  });
  sweep.progress.on_show = [&sweep] { sweep.clock.advance(1); };
  CHECK(sweep.run() == SweepEnd::complete);
  CHECK(sweep.progress.pictures > 3);
  CHECK(sweep.progress.pictures < 8);
}

TEST_CASE("the backup that a finished sweep leaves holds its last run") {
  SupervisedSweep sweep(2, 1);
  CHECK(sweep.run() == SweepEnd::complete);
  auto backup = db::Database::open_for_reading(sweep.store.database().string() + ".backup");
  const auto rows = db::query(backup, "SELECT count(*) FROM runs WHERE state = 'done'").rows;
  CHECK(std::get<std::int64_t>(rows[0][0]) == 2);
}
