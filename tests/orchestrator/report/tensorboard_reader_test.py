"""TensorBoard's own reader finds in the exported event files what `radsweep sql` answers.

usage: tensorboard_reader_test.py RADSWEEP STORE_MAKER; skipped (77) without tensorboard.
"""
import json
import math
import subprocess
import sys
import tempfile

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    print("skipped: tensorboard is not installed (./dev oracles)")
    sys.exit(77)


def answer(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


radsweep, store_maker = sys.argv[1:3]
with tempfile.TemporaryDirectory() as folder:
    answer(store_maker, f"{folder}/store")
    answer(radsweep, "report", f"{folder}/store", "--tensorboard", f"{folder}/tb")
    query = """SELECT run.name AS run, epoch, metric.name AS tag, value FROM metric
               JOIN run ON run.id = run_id ORDER BY 1, 3, 2"""
    wanted = {}
    for row in json.loads(answer(radsweep, "sql", f"{folder}/store", query, "--json")):
        wanted.setdefault(row["run"], {}).setdefault(row["tag"], []).append((row["epoch"], row["value"]))
    assert wanted, "the store holds no metric"
    for run, tags in wanted.items():
        events = EventAccumulator(f"{folder}/tb/{run}", size_guidance={"scalars": 0})
        events.Reload()
        assert sorted(events.Tags()["scalars"]) == sorted(tags), (run, events.Tags())
        assert events.file_version == 2.0, events.file_version
        for tag, points in tags.items():
            read = [(event.step, event.value) for event in events.Scalars(tag)]
            assert [step for step, _ in read] == [step for step, _ in points], (run, tag)
            for (_, got), (_, value) in zip(read, points):
                assert math.isclose(got, value, rel_tol=1e-6), (run, tag, got, value)
    print(f"{len(wanted)} runs read")
