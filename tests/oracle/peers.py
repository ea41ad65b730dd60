"""What the comparisons of this folder share: the Python side of the model and of the data."""
import argparse
import atexit
import csv
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import torchvision
from torch import nn

# Exactly what radsweep multiplies by; fastai divides by the standard deviation.
MEAN = np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1)
SCALE = np.float32(1) / np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1)

failures = []


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--oracle", type=lambda path: Path(path).absolute(), required=True)
    parser.add_argument("--radsweep", type=lambda path: Path(path).absolute(), required=True)
    return parser.parse_args()


def claim(text, holds, detail=""):
    print(f"{'ok' if holds else 'FAILED'}: {text}{'  ' + detail if detail else ''}", flush=True)
    if not holds:
        failures.append(text)


def finish():
    """Ends the program; the last line is a summary."""
    print(f"{len(failures)} failed")
    sys.exit(1 if failures else 0)


def call(*words, cwd=None):
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def temporary_folder():
    """Gone when the program ends."""
    folder = tempfile.TemporaryDirectory(prefix="oracle-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


class Classifier(nn.Sequential):
    """Body without its last ReLU, fastai's head, the highest logit over a study's views."""

    def views(self, images):
        return self[1](self[0](images)).squeeze(1)

    def forward(self, images, study):
        logits = self.views(images)
        return torch.stack([logits[study == i].max() for i in range(int(study.max()) + 1)])


def fastai_classifier(features, hidden=512, dropout=0.6):
    from fastai.vision.learner import create_head
    head = create_head(features.norm5.num_features, 1, lin_ftrs=[hidden], ps=0.6)
    for module in head.modules():  # ps=0 would leave the layers out and number the rest anew
        if isinstance(module, nn.Dropout):
            module.p *= dropout / 0.6
    return Classifier(features, head)


def densenet(growth, blocks, init_features, bn_size=4):
    return torchvision.models.DenseNet(growth, tuple(blocks), init_features, bn_size=bn_size).features


def to_radsweep(state):
    """A Classifier's state by radsweep's names."""
    return {name.replace("0.", "features.", 1) if name.startswith("0.") else name.replace("1.", "head.", 1): value
            for name, value in state.items()}


def from_radsweep(tensors):
    return {name.replace("features.", "0.", 1).replace("head.", "1.", 1): value for name, value in tensors.items()}


def labels_of(file):
    """Study -> label, and study -> paths of its views, under the paper's policy."""
    labels, views = {}, {}
    for row in csv.DictReader(open(file)):
        path = row["Path"].split("/", 1)[1]
        study = path.rsplit("/", 1)[0]
        target = row["Atelectasis"]
        if target in ("1.0", "-1.0"):
            label = 1
        elif target == "0.0" or row["No Finding"] == "1.0":
            label = 0
        else:
            continue
        labels[study] = label
        views.setdefault(study, []).append(path)
    return labels, views


class Images:
    """The images of a cache by path."""

    def __init__(self, cache, resolution):
        self.rows = {row["path"]: int(row["row"]) for row in csv.DictReader(open(cache / "index.csv"))}
        self.pixels = np.memmap(cache / f"images-{resolution}.u8", np.uint8, "r").reshape(-1, 1, resolution, resolution)

    def grey(self, paths):
        """[images, 1, px, px] in 0..1"""
        return self.pixels[[self.rows[path] for path in paths]].astype(np.float32) / np.float32(255)

    def normalised(self, paths):
        """[images, 3, px, px], channels last in memory, as radsweep holds them on a CPU"""
        images = (self.grey(paths) - MEAN) * SCALE
        return torch.from_numpy(images).contiguous(memory_format=torch.channels_last)


def epochs_of(folder):
    """The epoch events of an attempt."""
    lines = [json.loads(line) for line in open(folder / "events.jsonl")]
    return [line for line in lines if line["kind"] == "epoch"]
