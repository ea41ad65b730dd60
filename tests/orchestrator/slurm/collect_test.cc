// Folders that tasks on nodes filled become rows, once, whatever Slurm says of them.
#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <fstream>

#include "tests/orchestrator/slurm/slurm_store.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/beat.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using attempt::Outcome;
using slurm::parse_queue;
using slurm::QueueView;
using test::SlurmStore;

namespace {

const QueueView kNothing;

QueueView running(const std::string& submission = "uuid") {
  return parse_queue("7|0|RUNNING|None|" + submission + "\n");
}
QueueView pending(const std::string& submission = "uuid") {
  return parse_queue("7|0|PENDING|BeginTime|" + submission + "\n");
}

}  // namespace

TEST_CASE("a sealed attempt makes its run done, even when Slurm believes that it runs") {
  SlurmStore f(2);
  const auto folder = f.begin(1, 1);
  f.tell_epoch(folder, 0);
  f.seal(folder, Outcome::done);
  CHECK(f.collect(running()).size() == 1);
  CHECK(f.state(1) == "done");
  CHECK(f.state(2) == "pending");
  CHECK(f.value("SELECT slot FROM attempt") == "slurm:7_0 n1");
}

TEST_CASE("a second collection changes nothing") {
  SlurmStore f(4);
  f.seal(f.begin(1, 1), Outcome::done);
  f.seal(f.begin(2, 1), Outcome::failed);
  f.seal(f.begin(3, 1), Outcome::stopped);
  f.tell_epoch(f.begin(4, 1), 0);
  f.collect(running());
  const std::string before = f.everything();
  CHECK(f.collect(running()).empty());
  CHECK(f.everything() == before);
  CHECK(f.state(2) == "waiting");
  CHECK(f.state(3) == "pending");
  CHECK(f.state(4) == "running");
  CHECK(f.value("SELECT count(*) FROM metric WHERE run_id = 4") != "0");
}

TEST_CASE("a thousand sealed attempts are collected in seconds") {
  constexpr int kRuns = 1000;
  SlurmStore f(kRuns);
  for (int run = 1; run <= kRuns; ++run) f.seal(f.begin(run, 1), Outcome::done);
  const auto began = std::chrono::steady_clock::now();
  CHECK(f.collect(kNothing).size() == kRuns);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  CHECK(took.count() < 30);  // a commit for every attempt takes longer than that on a slow disk
  CHECK(f.queue.counts().done == kRuns);
  CHECK(f.collect(kNothing).empty());
}

TEST_CASE("an attempt lives as long as Slurm runs it or its beat is fresh") {
  SlurmStore f(1);
  const auto folder = f.begin(1, 1);
  f.collect(running());
  CHECK(f.state(1) == "running");
  SUBCASE("Slurm forgot it, it beats") {
    f.collect(kNothing);
    CHECK(f.state(1) == "running");
  }
  SUBCASE("Slurm believes that it waits, it beats") {
    f.collect(pending());
    CHECK(f.state(1) == "running");
  }
  SUBCASE("its beat is old, Slurm runs it") {
    f.clock.advance(10 * slurm::kStaleBeat_s);
    f.collect(running());
    CHECK(f.state(1) == "running");
  }
  SUBCASE("its beat is old, Slurm gave no answer") {
    f.clock.advance(10 * slurm::kStaleBeat_s);
    f.collect(std::nullopt);
    CHECK(f.state(1) == "running");
  }
}

TEST_CASE("an attempt that was killed without a word is lost, and its run pending again") {
  SlurmStore f(1);
  f.begin(1, 1);
  f.collect(running());
  f.clock.advance(1e10);  // beyond any file's time
  f.collect(pending());
  CHECK(f.state(1) == "pending");
  CHECK(f.value("SELECT outcome FROM attempt") == "lost");
  CHECK(f.value("SELECT failures FROM run") == "0");
}

TEST_CASE("an attempt whose task has not said who it is yet is taken up when it has") {
  SlurmStore f(1);
  const auto folder = f.store.attempt("r1", 1);
  make_attempt_folder(folder);
  f.clock.advance(static_cast<double>(::time(nullptr)) - 1.7e9);  // the folder is new
  f.collect(running());
  CHECK(f.state(1) == "pending");
  f.clock.advance(10 * slurm::kStaleBeat_s);
  f.collect(kNothing);
  CHECK(f.state(1) == "pending");
  CHECK(f.value("SELECT outcome FROM attempt") == "lost");
}

TEST_CASE("the next attempt supersedes what is open, also when nobody looked in between") {
  SlurmStore f(1);
  f.begin(1, 1);
  f.begin(1, 2);
  f.seal(f.begin(1, 3), Outcome::done);
  f.collect(running());
  CHECK(f.state(1) == "done");
  CHECK(f.value("SELECT group_concat(outcome) FROM attempt") == "lost,lost,done");
  CHECK(f.value("SELECT attempt FROM result") == "3");
}

TEST_CASE("a superseded attempt's result does not count") {
  SlurmStore f(1);
  f.seal(f.begin(1, 1), Outcome::done);
  f.begin(1, 2);
  f.collect(running());
  CHECK(f.state(1) == "running");
  CHECK(f.value("SELECT error FROM attempt WHERE attempt = 1") == "superseded by attempt 2");
  CHECK(f.value("SELECT count(*) FROM result") == "0");
}

TEST_CASE("exit.json tells how a worker ended that sealed nothing") {
  SlurmStore f(3);
  slurm::write_exit(f.begin(1, 1), {.term_signal = 11});
  slurm::write_exit(f.begin(2, 1), {.exit_code = 69});
  slurm::write_exit(f.begin(3, 1), {.error_class = "device", .error = "no GPU here"});
  f.collect(running());
  CHECK(f.value("SELECT error_class FROM attempt WHERE run_id = 1") == "signal");
  CHECK(f.value("SELECT error_class FROM attempt WHERE run_id = 2") == "device");
  CHECK(f.value("SELECT error FROM attempt WHERE run_id = 3") == "no GPU here");
  CHECK(f.state(3) == "waiting");
}

TEST_CASE(
    "a run fails that comes back three times without a step of progress, unless it was asked") {
  SlurmStore f(1);
  const auto submission = f.submit({1});
  for (int number = 1; number <= 4; ++number) {
    const auto folder = f.begin(1, number, submission.uuid());
    f.beat(folder, 1);
    f.seal(folder, Outcome::stopped);
  }
  SUBCASE("preempted") {
    f.collect(kNothing);
    CHECK(f.state(1) == "waiting");
    CHECK(f.value("SELECT failures FROM run") == "1");
  }
  SUBCASE("stopped by radsweep stop") {
    submission.stop();
    f.collect(kNothing);
    CHECK(f.state(1) == "pending");
    CHECK(f.value("SELECT failures FROM run") == "0");
  }
}

TEST_CASE("a cancelled run stays cancelled, whatever its attempt does afterwards") {
  SlurmStore f(2);
  f.begin(1, 1);
  f.collect(running());
  f.queue.cancel("r1");
  f.queue.cancel("r2");
  CHECK(f.state(1) == "stopping");
  slurm::write_exit(f.store.attempt("r1", 1), {.exit_code = 75});
  f.begin(2, 1);
  f.collect(kNothing);
  CHECK(f.state(1) == "cancelled");
  CHECK(f.state(2) == "cancelled");
}

TEST_CASE("what the database cannot take of one attempt fails that run and no other") {
  SlurmStore f(2);
  const auto folder = f.begin(1, 1);
  f.seal(folder, Outcome::done);
  auto result = *attempt::read_result(folder);
  result.predictions = {{"study", 1, 0, 0.5}, {"study", 1, 0, 0.5}};
  result.best_epoch = 0;
  result.best_auc = 0.5;
  attempt::write_result(folder, result);
  f.seal(f.begin(2, 1), Outcome::done);
  f.collect(kNothing);
  CHECK(f.state(1) != "done");
  CHECK(f.state(2) == "done");
  CHECK(f.value("SELECT count(*) FROM prediction") == "0");
}

TEST_CASE(
    "an element whose script ended before radsweep began is a failure that says where to look") {
  SlurmStore f(2);
  const auto submission = f.submit({1, 2});
  std::ofstream(submission.log(0)) << "module: command not found\n";
  const QueueView over = parse_queue("7|0|FAILED|NonZeroExitCode|" + submission.uuid() +
                                     "\n7|1|PENDING|Resources|" + submission.uuid() + "\n");
  f.collect(over);
  f.collect(over);  // once only
  CHECK(f.state(1) == "waiting");
  CHECK(f.value("SELECT count(*) FROM attempt") == "1");
  CHECK(f.value("SELECT error FROM attempt").find(submission.log(0).string()) != std::string::npos);
  CHECK(f.value("SELECT log_tail FROM attempt") == "module: command not found");
  CHECK(f.state(2) == "pending");
  CHECK_FALSE(submission.is_closed());
  f.collect(kNothing);  // an element that never began is only submitted again
  CHECK(submission.is_closed());
  CHECK(f.value("SELECT count(*) FROM attempt") == "1");
}

TEST_CASE("an element that found its run sealed has not failed") {
  SlurmStore f(1);
  const auto submission = f.submit({1});
  std::ofstream(submission.log(0)) << "";
  f.seal(f.begin(1, 1, "another"), Outcome::done);
  f.collect(kNothing);
  CHECK(f.state(1) == "done");
  CHECK_FALSE(std::filesystem::exists(f.store.attempt("r1", 2)));
}
