"""Preparing images by radsweep and by Pillow, whole programs, taken in turns on the same machine.

usage: compare_preparation.py RADSWEEP_WORKER [--repetitions 5]
Grey JPEGs of about the sizes of CheXpert's full and of its small radiographs become 160, 320 and 480 px on all
processors. Takes minutes, half of them to make the images.
Prints medians over the repetitions; `ratio` is the median of Pillow's time over radsweep's within one repetition.
Fails when a byte of the results differs.
"""
import argparse
import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

SIZES = ["160", "320", "480"]
COLUMNS = ("Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,"
           "Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,"
           "Fracture,Support Devices").split(",")

parser = argparse.ArgumentParser()
parser.add_argument("worker", type=lambda path: Path(path).absolute())
parser.add_argument("--repetitions", type=int, default=5)
options = parser.parse_args()


def radiograph(number, width, height):
    """Smooth waves with noise: compresses about as well."""
    random = np.random.default_rng(number)
    y, x = np.mgrid[0:height, 0:width]
    waves = 127 + 60 * np.sin(x / random.uniform(30, 60)) + 60 * np.cos(y / random.uniform(30, 60))
    return Image.fromarray((waves + random.normal(0, 3, waves.shape)).clip(0, 255).astype(np.uint8))


def write_data(root, images, width, height):
    rows = []
    for i in range(images):
        path = f"{'valid' if i % 8 == 0 else 'train'}/patient{i:05}/study1/view1_frontal.jpg"
        (root / path).parent.mkdir(parents=True)
        radiograph(i, width + i % 40, height).save(root / path, quality=90)
        rows.append({"Path": path, "No Finding" if i % 3 else "Atelectasis": "1.0"})
    for split in ("train", "valid"):
        with open(root / f"{split}.csv", "w", newline="") as file:
            table = csv.DictWriter(file, COLUMNS)
            table.writeheader()
            table.writerows(row for row in rows if row["Path"].startswith(split))


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def by_radsweep(root, out):
    return seconds([options.worker, "data", "prepare", root, "--cache", out, "--resolution", ",".join(SIZES)])


def by_pillow(root, out):
    return seconds([sys.executable, Path(__file__).with_name("peer_prepare.py"), root, out, *SIZES])


print("| | images | Pillow, images/s | radsweep, images/s | ratio |\n|---|---|---|---|---|")
for what, images, width, height in (("full radiographs", 128, 2320, 2828), ("small ones", 6000, 390, 320)):
    taken = {"pillow": [], "radsweep": []}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "data"
        root.mkdir()
        write_data(root, images, width, height)
        for repetition in range(options.repetitions):
            outs = {way: Path(folder) / f"{way}-{repetition}" for way in taken}
            for out in outs.values():
                out.mkdir()
            taken["pillow"].append(by_pillow(root, outs["pillow"]))
            taken["radsweep"].append(by_radsweep(root, outs["radsweep"]))
            for px in SIZES:
                name = f"images-{px}.u8"
                if (outs["pillow"] / name).read_bytes() != (outs["radsweep"] / name).read_bytes():
                    sys.exit(f"{name} differs")
            for out in outs.values():
                shutil.rmtree(out)
    ratio = statistics.median(p / r for p, r in zip(taken["pillow"], taken["radsweep"]))
    rates = [images / statistics.median(taken[way]) for way in ("pillow", "radsweep")]
    print(f"| {what}, from {width} x {height} | {images} | {rates[0]:.0f} | {rates[1]:.0f} | {ratio:.2f} |", flush=True)
