#!/usr/bin/env python3
"""A throw-away Slurm cluster of two nodes on this machine, for tests and for trying things out.

  cluster.py start FOLDER [KEY=VALUE..]   all files below FOLDER; KEY=VALUE: other settings of slurm.conf
                                          (an empty VALUE leaves the setting out). Then:
                                          export SLURM_CONF=FOLDER/slurm.conf
  cluster.py stop FOLDER                  ends its daemons and what is left of its jobs
  cluster.py node-down FOLDER NODE        a power cut: the daemon of n1 or n2, its jobs and their processes are gone
  cluster.py node-up FOLDER NODE
  cluster.py controller-down FOLDER       kill -9: what it had not saved yet is forgotten
  cluster.py controller-up FOLDER
  cluster.py if-installed COMMAND..       runs it, or exits with 77 where Slurm is not installed

Needs Debian's slurmctld, slurmd, slurm-client and munge, neither systemd nor root (jobs then run as
the user who started it). Everything listens on 127.0.0.1 only, on ports that were free.
"""
import getpass
import itertools
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

NODES = ("n1", "n2")
GPUS = 2  # of each node, pretended
PATIENCE_S = 60
os.environ["PATH"] += ":/usr/sbin:/sbin"

# Slow defaults are made short, nothing else; with RequeueExit an exit code means "continue me".
SETTINGS = {
    "ClusterName": "radsweep_tests",
    "AuthType": "auth/munge",
    "CommunicationParameters": "NoCtldInAddrAny,NoInAddrAny",
    "ProctrackType": "proctrack/linuxproc",
    "TaskPlugin": "task/none",
    "JobAcctGatherType": "jobacct_gather/none",
    "AccountingStorageType": "accounting_storage/none",
    "MpiDefault": "none",
    "SwitchType": "switch/none",
    "GresTypes": "gpu",
    "SelectType": "select/cons_tres",
    "SelectTypeParameters": "CR_Core",
    "SchedulerParameters": "sched_interval=1,bf_interval=1,batch_sched_delay=0",
    "PreemptType": "preempt/partition_prio",
    "PreemptMode": "REQUEUE",
    "SlurmctldParameters": "preempt_send_user_signal",
    "SlurmdParameters": "config_overrides",
    "ReturnToService": "2",
    "RequeueExit": "75",
    "KillWait": "4",
    "SlurmdTimeout": "6",
    "SlurmctldTimeout": "6",
}


def programs_missing():
    return [name for name in ("munged", "slurmctld", "slurmd", "sbatch") if not shutil.which(name)]


def is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def free_ports(count):
    """Below those that the kernel gives to outgoing connections, so that a restarted daemon finds its own free."""
    candidates = random.sample(range(10000, 32000), 1000)
    return list(itertools.islice(filter(is_free, candidates), count))


def settings_of(folder, changes):
    controller, *nodes = free_ports(1 + len(NODES))
    user = getpass.getuser()
    lines = SETTINGS | {
        "SlurmctldHost": "localhost(127.0.0.1)",
        "SlurmctldPort": str(controller),
        "SlurmUser": user,
        "SlurmdUser": user,
        # cred_expire is also how long a requeued job waits; it may not be shorter
        "AuthInfo": f"socket={folder}/munge.socket,cred_expire=5",
        "StateSaveLocation": f"{folder}/state",
        "SlurmdSpoolDir": f"{folder}/spool/%n",
        "SlurmctldPidFile": f"{folder}/slurmctld.pid",
        "SlurmdPidFile": f"{folder}/slurmd-%n.pid",
        "SlurmctldLogFile": f"{folder}/slurmctld.log",
        "SlurmdLogFile": f"{folder}/slurmd-%n.log",
    } | changes
    text = [f"{key}={value}" for key, value in lines.items() if value]
    for node, port in zip(NODES, nodes):
        text.append(f"NodeName={node} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port} "
                    f"CPUs=4 RealMemory=4000 Gres=gpu:{GPUS}")
    text.append("PartitionName=main Nodes=ALL Default=YES PriorityTier=1 GraceTime=4")
    text.append("PartitionName=urgent Nodes=ALL PriorityTier=9 PreemptMode=OFF")
    return "\n".join(text) + "\n"


def launch(folder, part, *command):
    """A daemon, known afterwards by its environment, with its complaints in PART.stderr."""
    with open(folder / f"{part}.stderr", "ab") as complaints:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=complaints, stderr=complaints, start_new_session=True,
                         cwd=folder, env=os.environ | {"SLURM_CONF": f"{folder}/slurm.conf", "RADSWEEP_CLUSTER_PART": part})


def launch_controller(folder):
    launch(folder, "slurmctld", "slurmctld", "-D")


def launch_node(folder, node):
    (folder / "spool" / node).mkdir(parents=True, exist_ok=True)
    launch(folder, f"slurmd-{node}", "slurmd", "-D", "-N", node)


def environment_of(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return {}
    return dict(entry.split("=", 1) for entry in text.split("\0") if "=" in entry)


def holds_open(pid, file):
    try:
        return any(os.readlink(entry) == file for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def belongs(pid, folder, part):
    """Whether it is that daemon, or hangs on it: for a node its jobs, for the folder everything."""
    node = part.removeprefix("slurmd-") if part and part.startswith("slurmd-") else None
    variables = environment_of(pid)
    if variables.get("SLURM_CONF") == f"{folder}/slurm.conf":
        own = variables.get("RADSWEEP_CLUSTER_PART")
        of_job = "SLURM_JOB_ID" in variables and (not part or variables.get("SLURMD_NODENAME") == node)
        return of_job or (own is not None and (not part or own == part))
    # a job's slurmstepd hides its environment, but writes to its node's log
    logs = [f"{folder}/slurmd-{name}.log" for name in NODES if not part or name == node]
    return any(holds_open(pid, log) for log in logs)


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def kill(folder, part=None):
    """Until nothing of it lives: some start others meanwhile."""
    def members():
        pids = [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()]
        return [pid for pid in pids if pid != os.getpid() and belongs(pid, folder, part) and is_alive(pid)]

    def kill_members():
        found = members()
        for pid in found:
            try:
                handle = os.pidfd_open(pid)  # so that the number cannot pass to another between look and kill
                if belongs(pid, folder, part):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                os.close(handle)
            except ProcessLookupError:
                pass
        return not found

    wait_until(kill_members, f"the end of {part or 'all of it'}")


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"cluster.py: waited {PATIENCE_S} s for {what}")
        time.sleep(0.02)


def idle_nodes(folder):
    answer = subprocess.run(["sinfo", "--noheader", "--Node", "--partition=main", "--states=idle", "--format=%N"],
                            env=os.environ | {"SLURM_CONF": f"{folder}/slurm.conf"}, capture_output=True, text=True)
    return answer.stdout.split()


def start(folder, *changes):
    if missing := programs_missing():
        sys.exit(f"cluster.py: not installed: {' '.join(missing)}; ./dev oracles installs them")
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"cluster.py: {folder} is not empty")
    if len(f"{folder}/munge.socket") > 100:
        sys.exit(f"cluster.py: {folder} is too long a name for a socket")
    (folder / "state").mkdir(parents=True)
    (folder / "slurm.conf").write_text(settings_of(folder, dict(change.split("=", 1) for change in changes)))
    # Slurm wants device files, and a link to one will do
    for gpu in range(GPUS):
        (folder / f"gpu{gpu}").symlink_to("/dev/null")
    (folder / "gres.conf").write_text(f"AutoDetect=off\nName=gpu File={folder}/gpu[0-{GPUS - 1}]\n")
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(128))
    try:
        launch(folder, "munged", "munged", "--foreground", "--force", "--num-threads=1", f"--key-file={key}",
               f"--socket={folder}/munge.socket", f"--pid-file={folder}/munged.pid", f"--seed-file={folder}/munge.seed",
               f"--log-file={folder}/munged.log")
        wait_until((folder / "munge.socket").exists, "munged")
        launch_controller(folder)
        for node in NODES:
            launch_node(folder, node)
        wait_until(lambda: sorted(idle_nodes(folder)) == list(NODES), f"two idle nodes; see the logs in {folder}")
    except BaseException:
        kill(folder)
        raise


def main(verb="", folder="", *rest):
    if verb == "if-installed":
        if missing := programs_missing():
            print(f"not installed: {' '.join(missing)}; ./dev oracles installs them")
            return 77
        os.execvp(folder, [folder, *rest])
    if not folder:
        print(__doc__, file=sys.stderr)
        return 2
    folder = pathlib.Path(folder).absolute().resolve()
    {"start": start, "stop": kill,
     "node-down": lambda f, node: kill(f, f"slurmd-{node}"), "node-up": launch_node,
     "controller-down": lambda f: kill(f, "slurmctld"), "controller-up": launch_controller}[verb](folder, *rest)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
