#include "orchestrator/environment/examine_machine.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/orchestrator/environment/finding_text.h"
#include "tests/orchestrator/environment/set_variable.h"
#include "tests/support/temp_dir.h"

using namespace radsweep::orchestrator;
using radsweep::test::lines_of;
using radsweep::test::problems_of;
using radsweep::test::SetVariable;
using radsweep::test::TempDir;

namespace {

void write_program(const std::filesystem::path& file, const std::string& script) {
  std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
  ::chmod(file.c_str(), 0755);
}

Gpu gpu(int index) {
  Gpu made;
  made.index = index;
  made.uuid = "GPU-" + std::to_string(index);
  made.name = "Quadro P6000";
  made.memory_total_mb = 24576;
  return made;
}

}  // namespace

TEST_CASE("the doctor tells which worker and LibTorch there is, and that SQLite works") {
  const TempDir folder;
  write_program(folder / "worker", "echo 'radsweep-worker 0.1.0, LibTorch 2.13.0'");
  const SetVariable worker("RADSWEEP_WORKER", (folder / "worker").string());
  const Findings findings = examine_machine({}, folder / "not" / "there" / "yet");
  const std::string good = lines_of(findings, Finding::Level::ok);
  CHECK(good.find("worker: radsweep-worker 0.1.0, LibTorch 2.13.0\n") != std::string::npos);
  CHECK(good.find("cpu: 1 processors") != std::string::npos);
  const std::string all = good + lines_of(findings, Finding::Level::note);
  CHECK(all.find("sqlite: 3.") != std::string::npos);
  CHECK((all + problems_of(findings)).find("free in " + folder.path().string() + "\n") !=
        std::string::npos);
}

TEST_CASE("the doctor finds a worker program that is missing or does not start") {
  const TempDir folder;
  const SetVariable worker("RADSWEEP_WORKER", (folder / "worker").string());
  CHECK(problems_of(examine_machine({}, folder.path())).find("worker: ") != std::string::npos);
  write_program(folder / "worker", "exit 127");
  CHECK(problems_of(examine_machine({}, folder.path())).find("exit code 127") != std::string::npos);
}

TEST_CASE("the doctor notes busy GPUs and calls defective ones a problem") {
  GpuInventory inventory{{gpu(0), gpu(1), gpu(2)}, "550.1", ""};
  inventory.gpus[1].compute = {{2000001, 10.0}};
  inventory.gpus[2].memory_repair_pending = true;
  const Findings findings = examine_gpus(inventory);
  CHECK(lines_of(findings, Finding::Level::ok) ==
        "driver: 550.1\ngpu 0: Quadro P6000, 24 GB, GPU-0\n");
  CHECK(lines_of(findings, Finding::Level::note).starts_with("gpu 1: "));
  CHECK(problems_of(findings).starts_with("gpu 2: "));
  CHECK(has_problem(findings));
  for (const Finding& finding : findings) {
    CHECK((finding.level == Finding::Level::ok) == finding.fix.empty());
  }
}
