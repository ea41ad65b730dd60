#!/usr/bin/env python3
"""Trains cells of a finished radsweep store again with fastai, and compares the AUCs.

    pip install fastai scikit-learn          (Python's own venv; LibTorch's is not needed)
    python statistical_parity.py runs/demo --seeds 5

Same images (the store's cache), same labels, same recipe; other random numbers. Prints mean and
standard deviation per cell on both sides, and their difference with its standard error.
"""
import argparse
import csv
import json
import random
import re
import sqlite3
import statistics
from pathlib import Path

import numpy as np
import torch
import torchvision
from fastai.callback.core import Callback
from fastai.callback.schedule import *  # adds fine_tune to Learner
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from fastai.torch_core import TensorImage, apply_init
from fastai.vision.augment import Brightness, Contrast, Rotate, Warp, setup_aug_tfms
from fastai.vision.learner import create_head
from fasttransform import Pipeline
from sklearn.metrics import roc_auc_score
from torch import nn

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def label_of(row):
    if row["Atelectasis"] in ("1.0", "-1.0"):
        return 1
    if row["Atelectasis"] == "0.0" or row["No Finding"] == "1.0":
        return 0
    return None


class Studies:
    """The studies of one split: rows of the cache per study, and labels."""

    def __init__(self, data, cache, resolution, split):
        rows = {row["path"]: int(row["row"]) for row in csv.DictReader(open(cache / "index.csv"))}
        self.images = np.memmap(cache / f"images-{resolution}.u8", np.uint8, "r").reshape(-1, 1, resolution, resolution)
        views, labels = {}, {}
        for row in csv.DictReader(open(data / f"{split}.csv")):
            path = row["Path"].split("/", 1)[1]
            study, label = path.rsplit("/", 1)[0], label_of(row)
            if label is None:
                continue
            views.setdefault(study, []).append(rows[path])
            labels[study] = label
        self.studies = [(views[study], labels[study]) for study in views]


class Batches:
    """What a fastai data loader would deliver: (images [views,3,R,R], study of view), labels."""

    def __init__(self, data, size, train, recipe):
        self.data, self.size, self.train = data, size, train
        augment = {key.removeprefix("augment."): value for key, value in recipe.items()}
        self.transforms = Pipeline(setup_aug_tfms([
            Rotate(max_deg=augment["max_rotate_deg"], p=augment["p_affine"], pad_mode="zeros"),
            Warp(magnitude=augment["max_warp"], p=augment["p_affine"], pad_mode="zeros"),
            Brightness(max_lighting=augment["max_lighting"], p=augment["p_lighting"]),
            Contrast(max_lighting=augment["max_lighting"], p=augment["p_lighting"])]), split_idx=0)

    def __len__(self):
        count = len(self.data.studies)
        return count // self.size if self.train else -(-count // self.size)

    def __iter__(self):
        studies = list(self.data.studies)
        if self.train:
            random.shuffle(studies)
        for start in range(0, len(self) * self.size, self.size):
            batch = studies[start:start + self.size]
            rows = [row for views, _ in batch for row in views]
            study = torch.tensor([i for i, (views, _) in enumerate(batch) for _ in views])
            images = TensorImage(torch.from_numpy(self.data.images[rows]).float() / 255)
            if self.train:
                images = self.transforms(images)
            images = (torch.as_tensor(images).expand(-1, 3, -1, -1) - MEAN) / STD
            yield images, study, torch.tensor([float(label) for _, label in batch])


class Classifier(nn.Sequential):
    """Body without its last ReLU, fastai's head, the highest logit over a study's views."""

    def forward(self, images, study):
        logits = self[1](self[0](images)).squeeze(1)
        return torch.stack([logits[study == i].max() for i in range(int(study.max()) + 1)])


class Auc(Callback):
    def __init__(self):
        self.values = []

    def before_validate(self):
        self.logits, self.labels = [], []

    def after_batch(self):
        if not self.training:
            self.logits += self.pred.tolist()
            self.labels += self.y.tolist()

    def after_validate(self):
        self.values.append(roc_auc_score(self.labels, self.logits))


def train(config, data, cache, seed):
    recipe, shape = config["train"], config["architecture"]
    random.seed(seed), np.random.seed(seed), torch.manual_seed(seed)
    size = recipe["studies_per_batch"]
    splits = [Studies(data, cache, config["resolution"], split) for split in ("train", "valid")]
    body = torchvision.models.DenseNet(shape["growth"], tuple(shape["blocks"]), shape["init_features"]).features
    head = create_head(body.norm5.num_features, 1, ps=recipe["dropout"])
    apply_init(head, nn.init.kaiming_normal_)
    learner = Learner(DataLoaders(Batches(splits[0], size, True, recipe), Batches(splits[1], size, False, recipe)),
                      Classifier(body, head), loss_func=nn.BCEWithLogitsLoss(), opt_func=Adam,
                      wd=recipe["weight_decay"], cbs=Auc(),
                      splitter=lambda model: [list(part.parameters()) for part in model])
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(recipe["epochs"], base_lr=recipe["base_lr"], freeze_epochs=recipe["frozen_epochs"],
                          lr_mult=recipe["lr_mult"])
    return max(learner.auc.values)


def spread(values):
    return f"{statistics.mean(values):.4f} ± {statistics.stdev(values):.4f} (n={len(values)})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cell", help="only cells whose run names match this", default="")
    options = parser.parse_args()
    torch.set_num_threads(1)
    database = sqlite3.connect(f"file:{options.store}/sweep.db?mode=ro", uri=True)
    cells = {}
    for run, auc in database.execute("SELECT run_id, best_auc FROM runs WHERE state = 'done' ORDER BY run_id"):
        cells.setdefault(re.sub(r"-s\d+$", "", run), []).append((run, auc))
    for cell, runs in cells.items():
        if not re.search(options.cell, cell):
            continue
        folder = options.store / runs[0][0]
        spec = json.loads(next(iter(sorted(folder.glob("*/spec.json")))).read_text())
        base = folder / "1"
        ours = [auc for _, auc in runs]
        theirs = [train(spec, base / spec["data"]["root"], base / spec["data"]["cache"], seed)
                  for seed in range(options.seeds)]
        error = (statistics.variance(ours) / len(ours) + statistics.variance(theirs) / len(theirs)) ** 0.5
        difference = statistics.mean(ours) - statistics.mean(theirs)
        print(f"{cell}: radsweep {spread(ours)}, fastai {spread(theirs)}, "
              f"difference {difference:+.4f} ± {error:.4f}", flush=True)


if __name__ == "__main__":
    main()
