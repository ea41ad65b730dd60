// What `scontrol show config` prints.
#include <doctest/doctest.h>

#include "orchestrator/slurm/slurm_config.h"

using namespace radsweep::orchestrator::slurm;

TEST_CASE("parse_config reads what matters to a job array") {
  const SlurmConfig config = parse_config(
      "Configuration data as of 2024-05-01T10:00:00\n"
      "ClusterName             = alps\n"
      "JobRequeue              = 0\n"
      "KillWait                = 45 sec\n"
      "MaxArraySize            = 4001\n"
      "PreemptMode             = REQUEUE\n"
      "RequeueExit             = 75,80-82\n"
      "RequeueExitHold         = 99\n"
      "SLURM_VERSION           = 23.11.4\n");
  CHECK(config.cluster == "alps");
  CHECK(config.version == "23.11.4");
  CHECK_FALSE(config.requeues);
  CHECK(config.kill_wait_s == 45);
  CHECK(config.max_array_size == 4001);
  CHECK(config.preempt_mode == "REQUEUE");
  CHECK(config.requeue_exit == std::set<int>{75, 80, 81, 82});
}

TEST_CASE("without a word of it everything has Slurm's default") {
  const SlurmConfig config = parse_config("RequeueExit = (null)\n");
  CHECK(config.requeue_exit.empty());
  CHECK(config.max_array_size == 1001);
  CHECK(config.requeues);
}
