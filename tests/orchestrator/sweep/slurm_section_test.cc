// `slurm:` of a sweep file: what it takes, and what it says to the rest.
#include <doctest/doctest.h>

#include "orchestrator/sweep/sweep_schema.h"
#include "tests/orchestrator/sweep/sweep_text.h"

using namespace radsweep;
using namespace radsweep::test;

namespace {

std::string with_slurm(const std::string& slurm) {
  return valid_text() + "slurm: " + slurm + "\n";
}

orchestrator::SlurmSettings read(const std::string& slurm) {
  return orchestrator::parse_sweep(with_slurm(slurm), "t.yaml").slurm;
}

}  // namespace

TEST_CASE("slurm: takes all that a run may ask for") {
  const auto slurm = read(
      "{partition: gpu, time: 12:00:00, gpus: 1, cpus: 8, memory: 32G, throttle: 20,"
      " extra: [\"--account=x\", --exclusive], setup: [module load cuda], sbatch_timeout_s: 5,"
      " poll_s: 0.2}");
  CHECK(slurm.partition == "gpu");
  CHECK(slurm.time == "12:00:00");
  CHECK(slurm.gpus == 1);
  CHECK(slurm.cpus == 8);
  CHECK(slurm.memory == "32G");
  CHECK(slurm.throttle == 20);
  CHECK(slurm.extra == std::vector<std::string>{"--account=x", "--exclusive"});
  CHECK(slurm.setup == std::vector<std::string>{"module load cuda"});
  CHECK(slurm.sbatch_timeout_s == 5);
  CHECK(slurm.poll_s == doctest::Approx(0.2));
}

TEST_CASE("slurm: may be left out, and its numbers may be numbers") {
  const auto standard = orchestrator::parse_sweep(valid_text(), "t.yaml").slurm;
  CHECK_FALSE(standard.gpus);
  CHECK(standard.poll_s == 30);
  CHECK(read("{time: 90}").time == "90");
  CHECK(read("{time: 2-12:00}").time == "2-12:00");
  CHECK(read("{memory: 4000}").memory == "4000");
}

TEST_CASE("what slurm: cannot mean is refused with a way out") {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"{partitions: gpu}", "did you mean 'partition'?"},
      {"{partition: a b}", "cannot name a partition"},
      {"{time: 1h}", "'slurm.time' takes minutes or a time as sbatch does, not \"1h\""},
      {"{time: -5}", "'slurm.time' takes minutes"},
      {"{time: 1:2:3:4}", "'slurm.time' takes minutes"},
      {"{memory: 32GB}", "'slurm.memory' takes megabytes or a size as sbatch does"},
      {"{memory: 0}", "'slurm.memory' takes megabytes"},
      {"{cpus: 0}", "'slurm.cpus'"},
      {"{gpus: -1}", "'slurm.gpus'"},
      {"{throttle: many}", "'slurm.throttle'"},
      {"{poll_s: 0}", "'slurm.poll_s'"},
      {"{extra: [account=x]}", "'account=x' is no option of sbatch"},
      {"{extra: [\"--array=0-3\"]}", "radsweep itself gives '--array' to sbatch"},
      {"{extra: [\"--no-requeue\"]}", "radsweep itself gives '--no-requeue' to sbatch"},
      {"{setup: [[a]]}", "'slurm.setup'"},
      {"{gpus: 2}", "a run asks for 2 GPUs and trains on 1"},
      {"gpu", "'slurm'"}};
  for (const auto& [slurm, words] : mistakes) {
    const std::string said = complaint(with_slurm(slurm));
    CHECK_MESSAGE(said.find(words) != std::string::npos, slurm << " -> " << said);
  }
}

TEST_CASE("a run of several GPUs may ask for them, or for the processors") {
  const std::string text = with_line(9, "resources: {gpus_per_run: 4}");
  CHECK(complaint(text + "slurm: {gpus: 4}\n") == "");
  CHECK(complaint(text + "slurm: {gpus: 0}\n") == "");
  CHECK(complaint(text + "slurm: {gpus: 1}\n").find("trains on 4") != std::string::npos);
}

TEST_CASE("a program of one's own has slurm: as well") {
  const std::string text =
      "name: t\nworker: {command: [python3, \"{lr}\"]}\nobjective: {metric: m, mode: min}\n"
      "grid: {lr: [1, 2]}\nslurm: {cpus: 2}\n";
  CHECK(complaint(text) == "");
  CHECK(orchestrator::sweep_schema()["then"]["properties"].contains("slurm"));
}
