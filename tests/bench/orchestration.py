#!/usr/bin/env python3
"""Times the real radsweep with a fake worker: the gap between two runs on a slot, what waiting
costs, cold resumes, and the verbs on a large store.

    orchestration.py RADSWEEP FAKE_WORKER [gap|idle|resume|grid]...

Everything happens in fresh folders below TMPDIR, which should lie on the disk that is meant.
"""
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SWEEP = """
name: bench
data:
  synthetic: {{studies: 24, valid: 12, image_px: 32, seed: 1}}
grid:
  resolution: [32, 64, 96]
  architecture: [{{name: small, growth: 4, blocks: [1, 1], init_features: 8}},
                 {{name: large, growth: 8, blocks: [1, 1], init_features: 8}}]
  seed: [{seeds}]
train: {{studies_per_batch: 4, epochs: 1, frozen_epochs: 0, hidden_features: 16}}
resources: {{cpu_slots: 1}}
"""
LONG = "step_ms=600000"  # a worker that only waits


class Bench:
    """A sweep of `runs` runs (rounded up to its 6 cells) in a folder of its own."""

    def __init__(self, folder, runs):
        self.folder = Path(folder)
        self.store = self.folder / "runs" / "bench"
        seeds = ", ".join(str(seed) for seed in range(1, -(-runs // 6) + 1))
        (self.folder / "bench.yaml").write_text(SWEEP.format(seeds=seeds))

    def start(self, *words, fake=""):
        environment = dict(os.environ, RADSWEEP_WORKER=WORKER, RADSWEEP_FAKE=fake)
        return subprocess.Popen([RADSWEEP, *words], cwd=self.folder, env=environment, text=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def time(self, what, *words, fake=""):
        """Tells the seconds that a verb takes."""
        began = time.monotonic()
        process = self.start(*words, fake=fake)
        errors = process.communicate()[1]
        assert process.returncode == 0, f"{words}: {errors}"
        row(what, time.monotonic() - began, "s")

    def start_worker(self):
        """`run` with a worker that waits, and the seconds until it was started."""
        began = time.monotonic()
        process = self.start("run", "bench.yaml", "--progress", "plain", "--grace-s", "0", fake=LONG)
        for line in process.stderr:
            if " started on " in line:
                return process, time.monotonic() - began
        raise RuntimeError("it ended without starting a worker")

    def resume_seconds(self):
        process, seconds = self.start_worker()
        end(process)
        return seconds

    def database(self):
        return sqlite3.connect(self.store / "sweep.db")

    def pretend_done(self, share, epochs=7, predictions=0):
        """Gives a share of the runs the rows of a finished one; the dearest first."""
        with self.database() as database:
            todo = database.execute("SELECT id FROM run WHERE state = 'pending' AND attempt = 0 "
                                    "ORDER BY cost DESC, id").fetchall()
            for (run,) in todo[: int(len(todo) * share)]:
                database.execute("INSERT INTO attempt(run_id, attempt, slot, started_ms, ended_ms, "
                                 "outcome) VALUES (?, 1, 'cpu:0', 1, 2, 'done')", (run,))
                database.execute("UPDATE run SET state = 'done', attempt = 1 WHERE id = ?", (run,))
                database.execute("INSERT INTO result VALUES (?, 1, 0.8, 1, 0.5, 1, 100, 100, 100, "
                                 "'fake', '', '', '', '', '', '', 1, 1, 1, 1, 1, 1, '', 0)", (run,))
                database.executemany(
                    "INSERT INTO metric VALUES (?, ?, ?, 0.5, 1)",
                    [(run, epoch, name) for epoch in range(epochs) for name in
                     ("train_loss", "valid_loss", "valid_auc", "lr_body", "lr_head", "seconds",
                      "images_per_second", "frozen", "is_best", "is_best_loss")])
                database.executemany("INSERT INTO prediction VALUES (?, ?, ?, 0, 0.5, 1)",
                                     [(run, f"valid/patient{i}/study1", i % 2)
                                      for i in range(predictions)])


def end(process):
    """Ctrl-C without grace: the worker is killed, its run is pending again."""
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)


def row(what, value, unit, note=""):
    print(f"{what:<62} {value:>10.3f} {unit}{note}", flush=True)


def usage(pid):
    """Processor seconds and resident MB of a process."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    spent_ns = sum(int(task.read_text().split()[0]) for task in tasks)
    status = Path(f"/proc/{pid}/smaps_rollup").read_text().split()
    return spent_ns / 1e9, int(status[status.index("Rss:") + 1]) / 1024


# From the seal of a result to the first words of the next worker, both by their files' times.
def gap():
    for stored in (30, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(folder, stored)
            process, _ = bench.start_worker()
            end(process)
            if stored > 30:
                bench.pretend_done((stored - 30) / stored)
            assert bench.start("run", "bench.yaml", "--progress", "none").wait(600) == 0
            attempts = [path.parent for path in bench.store.glob("*/*/result.json")]
            began = sorted((path / "log.txt").stat().st_mtime for path in attempts)
            sealed = sorted((path / "result.json").stat().st_mtime for path in attempts)
            gaps = [1000 * (start - seal) for seal, start in zip(sealed, began[1:])]
            with bench.database() as database:
                ends, starts = ([at for (at,) in database.execute(
                    "SELECT at_ms FROM event WHERE kind = ? ORDER BY id", (kind,))][-30:]
                    for kind in ("done", "started"))
            own = [start - done for done, start in zip(ends, starts[1:])]
            row(f"gap between two runs on a slot, {stored} runs, median", statistics.median(gaps),
                "ms", f"  (least {min(gaps):.1f}, longest {max(gaps):.1f})")
            row("  of it from the end's record to the next start's, median", statistics.median(own),
                "ms", f"  (least {min(own):.1f}, longest {max(own):.1f})")


def idle():
    for stored in (30, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(folder, stored)
            process, _ = bench.start_worker()
            time.sleep(2)
            before, _ = usage(process.pid)
            time.sleep(30)
            after, rss_mb = usage(process.pid)
            end(process)
            row(f"orchestrator while a run trains, {stored} runs, of a core", (after - before) / 0.3, "%")
            row(f"orchestrator while a run trains, {stored} runs, resident", rss_mb, "MB")


def resume():
    for stored in (30, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(folder, stored)
            end(bench.start_worker()[0])
            bench.pretend_done(0.5, predictions=20)
            times = sorted(bench.resume_seconds() for _ in range(7))
            row(f"cold resume to the first worker, {stored} runs, median", statistics.median(times),
                "s", f"  (least {times[0]:.3f})")


def grid():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, 99_996)  # of six cells; a grid has 100,000 runs at most
        bench.time("plan of 99,996 runs, no store", "plan", "bench.yaml")
        process, seconds = bench.start_worker()
        row("run of 99,996 new runs to the first worker", seconds, "s")
        end(process)
        row("resume of 99,996 runs to the first worker", bench.resume_seconds(), "s")
        bench.pretend_done(0.5)
        row("the same, half of them done", bench.resume_seconds(), "s")
        for verb in ("plan", "status", "results", "report"):
            words = (verb, "bench.yaml" if verb == "plan" else str(bench.store))
            bench.time(f"{verb} of 99,996 runs, half of them done", *words)


RADSWEEP, WORKER = map(os.path.abspath, sys.argv[1:3])
for part in sys.argv[3:] or ["gap", "idle", "resume", "grid"]:
    {"gap": gap, "idle": idle, "resume": resume, "grid": grid}[part]()
