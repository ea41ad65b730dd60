// Pending runs become job arrays, once, whatever sbatch does. Its place takes a script.
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "orchestrator/slurm/submit.h"
#include "tests/orchestrator/slurm/slurm_store.h"

#include <doctest/doctest.h>

using namespace radsweep;
using namespace radsweep::orchestrator;
using test::SlurmStore;

namespace {

class Words : public Progress {
 public:
  void tell(const std::string& line) override { lines.push_back(line); }
  void show(const SweepView&) override {}
  std::vector<std::string> lines;
};

// Programs on a PATH of their own, in front of the real one.
class FakePrograms {
 public:
  FakePrograms() : path_(std::getenv("PATH")) {
    ::setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
    ::setenv("RADSWEEP_WORKER", "/bin/true", 1);
  }
  ~FakePrograms() {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("RADSWEEP_WORKER");
  }
  FakePrograms(const FakePrograms&) = delete;
  FakePrograms& operator=(const FakePrograms&) = delete;

  // `HERE` in the script is this folder.
  void make(const std::string& name, std::string script) {
    for (std::size_t at = 0; (at = script.find("HERE", at)) != std::string::npos;) {
      script.replace(at, 4, folder_.path().string());
    }
    std::ofstream(folder_ / name) << "#!/bin/sh\n" << script;
    ::chmod((folder_ / name).c_str(), 0755);
  }
  std::string text(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

 private:
  std::string path_;
  test::TempDir folder_;
};

// As sbatch does: takes the script's comment into the queue, then names the job.
constexpr const char* kAccept =
    "n=$(cat HERE/jobs 2>/dev/null | wc -l); echo x >> HERE/jobs\n"
    "sed -n 's/^#SBATCH --comment=//p' \"$2\" | sed \"s/^/$n|0|PENDING|None|/\" >> HERE/queue\n"
    "echo $n\n";
constexpr const char* kQueue = "cat HERE/queue 2>/dev/null || true\n";

struct Submitting : SlurmStore {
  explicit Submitting(int runs) : SlurmStore(runs) { sweep.name = "tiny"; }
  int submit_pending(const std::set<std::string>& there = {}) {
    const slurm::SubmitTo to{store, database, slurm, config, clock, words};
    return static_cast<int>(slurm::submit_pending(to, sweep, planned, there).size());
  }
  FakePrograms programs;
  slurm::SlurmClient slurm{0.5};
  slurm::SlurmConfig config;
  Words words;
  Sweep sweep;
};

}  // namespace

TEST_CASE("pending runs that are not in Slurm are submitted, the most expensive first") {
  Submitting f(4);
  f.programs.make("sbatch", kAccept);
  f.queue.cancel("r3");
  CHECK(f.submit_pending({"identity-2"}) == 2);
  const auto made = slurm::submissions_of(f.store);
  REQUIRE(made.size() == 1);
  const auto keys = made[0].keys();
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].run == "r1");
  CHECK(keys[1].identity == "identity-4");
  CHECK(made[0].has_job());
  CHECK(made[0].spec(1).run == "r4");
  CHECK(made[0].spec(1).attempt == 1);
  CHECK_THROWS_AS(made[0].spec(2), Error);
}

TEST_CASE("arrays are no longer than the cluster allows") {
  Submitting f(5);
  f.programs.make("sbatch", kAccept);
  f.config.max_array_size = 2;
  CHECK(f.submit_pending() == 5);
  CHECK(slurm::submissions_of(f.store).size() == 3);
}

TEST_CASE("runs on as many GPUs each are an array of their own, those on most first") {
  Submitting f(5);
  f.programs.make("sbatch", std::string("grep gpus \"$2\" >> HERE/gpus\n") + kAccept);
  for (const int run : {2, 5}) f.planned.at("identity-" + std::to_string(run)).row.gpus = 4;
  CHECK(f.submit_pending() == 5);
  CHECK(f.programs.text("gpus") == "#SBATCH --gpus=4\n#SBATCH --gpus=1\n");
  std::map<int, std::vector<std::string>> arrays;
  for (const slurm::Submission& made : slurm::submissions_of(f.store)) {
    CHECK(made.shape().gpus == made.shape().ranks);
    for (const slurm::Key& key : made.keys()) arrays[made.shape().ranks].push_back(key.run);
  }
  CHECK(arrays ==
        std::map<int, std::vector<std::string>>{{1, {"r1", "r3", "r4"}}, {4, {"r2", "r5"}}});
}

TEST_CASE("a job that Slurm took although sbatch gave no answer is found and not submitted again") {
  Submitting f(1);
  f.programs.make("sbatch", std::string(kAccept) + "exec sleep 600\n");
  f.programs.make("squeue", kQueue);
  CHECK(f.submit_pending() == 1);
  const auto made = slurm::submissions_of(f.store);
  REQUIRE(made.size() == 1);
  CHECK(made[0].has_job());
  CHECK_FALSE(made[0].is_stopped());
  const auto view = f.slurm.queue();
  CHECK(slurm::runs_in(f.store, view) == std::set<std::string>{"identity-1"});
}

TEST_CASE("a job that Slurm refused is an error with sbatch's words, and starts nothing later") {
  Submitting f(1);
  f.programs.make("sbatch",
                  "echo 'sbatch: error: invalid partition specified: nowhere' >&2; exit 1\n");
  f.programs.make("squeue", kQueue);
  CHECK_THROWS_WITH_AS(f.submit_pending(), doctest::Contains("invalid partition"), Error);
  const auto made = slurm::submissions_of(f.store);
  REQUIRE(made.size() == 1);
  CHECK(made[0].is_stopped(0));
  CHECK_FALSE(made[0].has_job());
}

TEST_CASE("a submission that nobody finished is taken for made when Slurm has it, else stopped") {
  Submitting f(2);
  const auto accepted = f.submit({1}), never = f.submit({2});
  const auto view = slurm::parse_queue("5|0|PENDING|None|" + accepted.uuid() + "\n");
  slurm::finish_half_made(f.store, view, f.clock);
  CHECK(accepted.has_job());
  CHECK_FALSE(accepted.is_stopped());
  CHECK_FALSE(never.has_job());
  CHECK(never.is_stopped(0));
}

TEST_CASE("a submission hands on the lowest attempt number that a run may take") {
  Submitting f(1);
  f.programs.make("sbatch", kAccept);
  const auto fence = f.queue.take_up("identity-1", 4, "slurm:x", 1);
  REQUIRE(fence);
  f.queue.release(*fence, "lost", "gone");
  f.submit_pending();
  CHECK(slurm::submissions_of(f.store).at(0).spec(0).attempt == 5);
}
