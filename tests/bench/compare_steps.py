"""Training steps of radsweep and of torchvision with fastai, taken in turns on the same machine.

usage: compare_steps.py TRAIN_STEP [--cases densenet121:160:16 ...] [--repetitions 3] [--steps 3]
Prints a table of medians over the repetitions; `ratio` is the median of torchvision's time over
radsweep's within one repetition, so that a machine which slows down slows both.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("train_step", type=lambda path: Path(path).absolute())
parser.add_argument("--cases", nargs="+", default=["densenet121:160:16"], metavar="ARCHITECTURE:PX:IMAGES")
parser.add_argument("--repetitions", type=int, default=3)
parser.add_argument("--steps", type=int, default=3)
options = parser.parse_args()

# What the orchestrator gives a worker on a CPU slot.
WORKER = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "10000"}
PEER = [sys.executable, str(Path(__file__).with_name("peer_step.py"))]
WAYS = {
    "torchvision + fastai": (PEER, "contiguous"),
    "the same, channels last": (PEER, "channels_last"),
    "radsweep reference": ([str(options.train_step)], "reference"),
    "radsweep fused": ([str(options.train_step)], "fused"),
    "radsweep reference, bf16": ([str(options.train_step)], "reference-bf16"),
    "radsweep fused, bf16": ([str(options.train_step)], "fused-bf16"),
}
if any(flag in Path("/proc/cpuinfo").read_text().split() for flag in ("avx512_bf16", "amx_bf16")):
    # elsewhere LibTorch multiplies bf16 value by value: an hour for a step of DenseNet161
    WAYS["torchvision + fastai, channels last, bf16 autocast"] = (PEER, "channels_last-bf16")

print("| case | | ms/image | ratio | peak RSS MiB |\n|---|---|---|---|---|")
for case in options.cases:
    taken = {way: [] for way in WAYS}
    for _ in range(options.repetitions):
        for way, (command, last) in WAYS.items():
            done = subprocess.run(command + case.split(":") + [last, str(options.steps)],
                                  env=os.environ | ({} if command is PEER else WORKER),
                                  check=True, capture_output=True, text=True)
            taken[way].append(json.loads(done.stdout))
    baseline = [run["ms_per_image"] for run in taken["torchvision + fastai"]]
    for way, runs in taken.items():
        ratio = statistics.median(b / run["ms_per_image"] for b, run in zip(baseline, runs))
        print(f"| {case} | {way} | {statistics.median(run['ms_per_image'] for run in runs):.1f} | {ratio:.2f} |"
              f" {max(run['peak_rss_mib'] for run in runs):.0f} |", flush=True)
