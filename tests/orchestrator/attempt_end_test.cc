#include "orchestrator/attempt_end.h"

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"
#include "worker/attempt/beat.h"
#include "worker/attempt/spec.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::TempDir;
using Kind = AttemptEnd::Kind;

namespace {

const AttemptName kName{"32-tiny-s1", "identity", 2};

attempt::Result sealed(attempt::Outcome outcome) {
  attempt::Result result;
  result.run = kName.run;
  result.identity = kName.identity;
  result.attempt = kName.attempt;
  result.outcome = outcome;
  return result;
}

AttemptEnd judge(const TempDir& folder, std::optional<int> code, std::optional<int> signal = {},
                 Asked asked = Asked::nothing) {
  return judge_attempt(folder.path(), kName, {{}, code, signal}, asked);
}

void beat_at(const std::filesystem::path& folder, long step) {
  std::filesystem::create_directories(folder);
  attempt::Beat beat;
  beat.step = step;
  attempt::write_beat(folder, beat);
}

}  // namespace

TEST_CASE("a sealed result counts whatever the process's last word was") {
  TempDir folder;
  attempt::write_result(folder.path(), sealed(attempt::Outcome::done));
  CHECK(judge(folder, 0).kind == Kind::done);
  CHECK(judge(folder, {}, 9).kind == Kind::done);
  CHECK(judge(folder, {}).kind == Kind::done);
  CHECK(judge(folder, {}, 9, Asked::stop).kind == Kind::done);
  CHECK(judge(folder, {}, 9, Asked::hang).kind == Kind::done);
}

TEST_CASE("a result that cannot be believed is a failure") {
  TempDir folder;
  attempt::Result result = sealed(attempt::Outcome::done);
  SUBCASE("another run's") {
    result.run = "32-tiny-s2";
  }
  SUBCASE("another configuration's") {
    result.identity = "other";
  }
  SUBCASE("another attempt's") {
    result.attempt = 1;
  }
  SUBCASE("an AUC that is none") {
    result.best_epoch = 1;
    result.best_auc = 1.5;
  }
  SUBCASE("a study predicted twice") {
    result.predictions = {{"a", 1, 0, 0.5}, {"a", 1, 0, 0.5}};
  }
  SUBCASE("a label that is none") {
    result.predictions = {{"a", 2, 0, 0.5}};
  }
  SUBCASE("a probability that is none") {
    result.predictions = {{"a", 1, 0, 1.5}};
  }
  SUBCASE("an epoch before the first") {
    result.epochs.emplace_back().epoch = -1;
  }
  attempt::write_result(folder.path(), result);
  CHECK(judge(folder, 0).kind == Kind::failed);
}

TEST_CASE("a damaged result is a failure of the disk") {
  TempDir folder;
  attempt::write_result(folder.path(), sealed(attempt::Outcome::done));
  std::filesystem::resize_file(folder / "result.json", 40);
  CHECK(judge(folder, 0).failure.error_class == "disk");
}

TEST_CASE("without a result the exit status gives the class") {
  TempDir folder;
  const auto class_of = [&](int code) { return judge(folder, code).failure.error_class; };
  CHECK(class_of(0) == "bug");
  CHECK(class_of(64) == "bad_spec");
  CHECK(class_of(65) == "bad_data");
  CHECK(class_of(69) == "device");
  CHECK(class_of(70) == "bug");
  CHECK(class_of(74) == "disk");
  CHECK(class_of(127) == "bug");
  CHECK(judge(folder, 75).kind == Kind::stopped);
  CHECK(judge(folder, {}, 11).failure.error_class == "signal");
  CHECK(judge(folder, {}, 9).failure.error.find("memory") != std::string::npos);
  CHECK(judge(folder, {}).kind == Kind::lost);
}

TEST_CASE("what we ended ourselves is stopped, or a hang, never a failure by signal") {
  TempDir folder;
  CHECK(judge(folder, {}, 9, Asked::stop).kind == Kind::stopped);
  CHECK(judge(folder, {}, {}, Asked::stop).kind == Kind::stopped);
  CHECK(judge(folder, {}, 9, Asked::hang).failure.error_class == "hang");
  CHECK(judge(folder, {}, 9, Asked::time_limit).failure.error_class == "time_limit");
  attempt::write_result(folder.path(), sealed(attempt::Outcome::stopped));
  CHECK(judge(folder, 75, {}, Asked::hang).failure.error_class == "hang");
}

TEST_CASE("a signal is told by number, name and what it means") {
  TempDir folder;
  const auto text = [&](int signal) { return judge(folder, {}, signal).failure.error; };
  CHECK(text(11) == "ended by signal 11 SIGSEGV (Segmentation fault); the program crashed");
  CHECK(text(15) == "ended by signal 15 SIGTERM (Terminated); sent by somebody");
  CHECK(text(9).find("SIGKILL") != std::string::npos);
}

TEST_CASE("who was ended by the OOM killer lacked memory on the host") {
  TempDir folder;
  WorkerEnd status;
  status.term_signal = 9;
  status.out_of_memory = "killed by the kernel: the memory of its control group was used up";
  const auto failure = judge_attempt(folder.path(), kName, status, Asked::nothing).failure;
  CHECK(failure.error_class == "host_memory");
  CHECK(failure.error == status.out_of_memory);
  CHECK(failure.term_signal == 9);
}

TEST_CASE("data that is gone is missing, not bad") {
  TempDir folder, data;
  attempt::Spec spec;
  spec.run = kName.run;
  spec.resolution = 32;
  spec.data.root = data.path();
  spec.data.cache = data.path();
  for (const char* file : {"train.csv", "valid.csv", "images-32.u8"}) std::ofstream(data / file);
  attempt::write_spec(folder.path(), spec);
  CHECK(judge(folder, 65).failure.error_class == "bad_data");
  SUBCASE("the images") {
    std::filesystem::remove(data / "images-32.u8");
  }
  SUBCASE("the whole mount") {
    std::filesystem::remove(data / "train.csv");
  }
  CHECK(judge(folder, 65).failure.error_class == "missing_data");
}

TEST_CASE("a failure carries the last twenty lines of the log") {
  TempDir folder;
  std::ofstream log(folder / "log.txt");
  for (int line = 1; line <= 30; ++line) log << "line " << line << '\n';
  log.close();
  const std::string tail = judge(folder, 70).failure.log_tail;
  CHECK(tail.find("line 11\n") == 0);
  CHECK(tail.substr(tail.size() - 7) == "line 30");
  CHECK(log_tail(folder.path(), 100).find("line 1\n") == 0);
  CHECK(log_tail(folder / "nowhere").empty());
}

TEST_CASE("ends in a row count only while the step does not grow") {
  TempDir run;
  beat_at(run / "1", 10);
  CHECK(ends_without_progress(run.path(), 1) == 0);
  beat_at(run / "2", 10);
  beat_at(run / "3", 8);
  CHECK(ends_without_progress(run.path(), 3) == 2);
  std::filesystem::create_directories(run / "4");  // never had a worker
  CHECK(ends_without_progress(run.path(), 4) == 2);
  beat_at(run / "5", 11);
  CHECK(ends_without_progress(run.path(), 5) == 0);
}
