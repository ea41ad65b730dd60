// Programs that hang, fail or are not there.
#include <doctest/doctest.h>

#include "base/error.h"
#include "orchestrator/slurm/timed_command.h"

using namespace radsweep;
using namespace radsweep::orchestrator::slurm;

TEST_CASE("run_command returns what a program says and how it ends") {
  const CommandEnd end =
      run_command({"sh", "-c", "echo out; echo first >&2; echo why >&2; exit 3"}, 60);
  CHECK(end.output == "out\n");
  CHECK(end.errors == "first\nwhy\n");
  CHECK(end.exit_code == 3);
  CHECK_FALSE(end.succeeded());
  CHECK(complaint_of(end) == "why");
}

TEST_CASE("more words than a pipe holds do not hang it") {
  const CommandEnd end = run_command({"head", "-c", "300000", "/dev/zero"}, 60);
  CHECK(end.succeeded());
  CHECK(end.output.size() == 300'000);
}

TEST_CASE("a program that hangs is killed with all it started") {
  const CommandEnd end = run_command({"sh", "-c", "echo begun; sleep 600 & sleep 600"}, 0.2);
  CHECK(end.timed_out);
  CHECK_FALSE(end.succeeded());
  CHECK(end.output == "begun\n");
  CHECK(complaint_of(end) == "it gave no answer in time");
}

TEST_CASE("a program that is not on PATH is an error that names it") {
  CHECK_THROWS_WITH_AS(run_command({"no-such-program-of-slurm"}, 1),
                       doctest::Contains("no-such-program-of-slurm"), Error);
}
