// The script that sbatch is given.
#include <doctest/doctest.h>

#include "base/error.h"
#include "orchestrator/slurm/batch_script.h"

using namespace radsweep;
using namespace radsweep::orchestrator;
using slurm::batch_script;
using slurm::BatchScript;

namespace {

BatchScript script(int elements = 30) {
  return {"uuid", "/shared/runs/t/submissions/uuid", "/opt/bin/radsweep", "", elements};
}

Sweep sweep() {
  Sweep made;
  made.name = "t";
  return made;
}

bool has_line(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("a script asks for one array that names its submission and is requeued with a warning") {
  const std::string text = batch_script(sweep(), script());
  CHECK(text.starts_with("#!/bin/sh\n"));
  CHECK(has_line(text, "#SBATCH --job-name=t"));
  CHECK(has_line(text, "#SBATCH --comment=uuid"));
  CHECK(has_line(text, "#SBATCH --array=0-29"));
  CHECK(has_line(text, "#SBATCH --requeue"));
  CHECK(has_line(text, "#SBATCH --open-mode=append"));
  CHECK(has_line(text, "#SBATCH --signal=B:USR1@180"));
  CHECK(has_line(text, "#SBATCH --output=\"/shared/runs/t/submissions/uuid/slurm-%a.log\""));
  CHECK(has_line(text, "exec '/opt/bin/radsweep' slurm-task '/shared/runs/t/submissions/uuid'"));
  CHECK(text.find("--partition") == std::string::npos);
}

TEST_CASE("what the sweep file says of a run is asked for") {
  Sweep asked = sweep();
  asked.slurm.partition = "gpu";
  asked.slurm.time = "12:00:00";
  asked.slurm.cpus = 8;
  asked.slurm.memory = "32G";
  asked.slurm.throttle = 20;
  asked.slurm.extra = {"--account=x"};
  asked.slurm.setup = {"module load cuda"};
  const std::string text = batch_script(asked, script(1));
  CHECK(has_line(text, "#SBATCH --array=0-0%20"));
  for (const char* option : {"--partition=gpu", "--time=12:00:00", "--cpus-per-task=8", "--mem=32G",
                             "--account=x", "--gpus=1"}) {
    CHECK_MESSAGE(has_line(text, std::string("#SBATCH ") + option), option);
  }
  CHECK(text.find("set -e\nmodule load cuda\n") > text.rfind("#SBATCH"));
  CHECK(text.find("module load cuda\n") < text.find("exec "));
}

TEST_CASE("a run of several GPUs asks for all of them, one on the processors for none") {
  Sweep several = sweep();
  BatchScript ranks = script();
  ranks.ranks = 4;
  CHECK(has_line(batch_script(several, ranks), "#SBATCH --gpus=4"));
  several.slurm.gpus = 0;
  CHECK(batch_script(several, ranks).find("--gpus") == std::string::npos);
  Sweep on_processors = sweep();
  on_processors.resources.cpu_slots = 2;
  CHECK(batch_script(on_processors, script()).find("--gpus") == std::string::npos);
}

TEST_CASE("paths are quoted for the shell and for sbatch, and refused where it cannot be") {
  BatchScript odd = script();
  odd.folder = "/a b/it's 100%/uuid";
  odd.worker = "/a b/worker";
  const std::string text = batch_script(sweep(), odd);
  CHECK(has_line(text, "#SBATCH --output=\"/a b/it's 100%%/uuid/slurm-%a.log\""));
  CHECK(has_line(text, "exec '/opt/bin/radsweep' slurm-task '/a b/it'\\''s 100%/uuid'"));
  CHECK(has_line(text, "export RADSWEEP_WORKER='/a b/worker'"));
  odd.folder = "/a\"b/uuid";
  CHECK_THROWS_AS(batch_script(sweep(), odd), Error);
}
