"""A whole training next to fastai's own fine_tune: same first weights, same batches, no dropout, no augmentation.

After every epoch the parameters, the norms' buffers and the losses must be the same bits. Then one
rule of the recipe at a time is broken on fastai's side: each must be noticed.
"""
import json
from functools import partial

import torch
from fastai.callback.core import Callback
from fastai.callback.schedule import *  # adds fine_tune to Learner
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from safetensors.torch import load_file
from torch import nn

import peers

SWEEP = """
name: parity
data: {synthetic: {studies: 260, valid: 40, image_px: 48, seed: SEED}}
grid:
  resolution: [32]
  architecture: [{name: small, growth: 6, blocks: [2, 3, 2], init_features: 8}]
  seed: [SEED]
train: {studies_per_batch: 12, dropout: 0, kernels: reference, lr_mult: LR_MULT, param_groups: GROUPS, hidden_features: 64,
        augment: {p_affine: 0, p_lighting: 0}}
resources: {cpu_slots: 2}
"""

options = peers.arguments()


def radsweep_trains(groups, lr_mult, seed):
    """The folder of an attempt with snapshots after every epoch."""
    folder = peers.temporary_folder()
    text = SWEEP.replace("SEED", str(seed)).replace("GROUPS", str(groups)).replace("LR_MULT", str(lr_mult))
    (folder / "parity.yaml").write_text(text)
    peers.call(options.radsweep, "run", "parity.yaml", cwd=folder)
    (first,) = folder.glob("runs/parity/32-small-s*/1")
    again = first.parent / "oracle"
    again.mkdir()
    (again / "spec.json").write_bytes((first / "spec.json").read_bytes())
    peers.call(options.oracle, "train", again)
    theirs, ours = (load_file(folder / "best.safetensors") for folder in (first, again))
    peers.claim("the worker's best weights are those of the oracle's own loop",
                theirs.keys() == ours.keys() and all(torch.equal(theirs[name], ours[name]) for name in theirs))
    return again


class Batches(list):
    """One list of batches an epoch, in radsweep's order; validation always in its own."""

    def __init__(self, epochs):
        self.epochs, self.epoch = epochs, -1

    def __len__(self):
        return len(self.epochs[0])

    def __iter__(self):
        self.epoch += 1
        return iter(self.epochs[self.epoch % len(self.epochs)])


def batches_of(attempt, spec):
    base = attempt
    root, cache = base / spec["data"]["root"], base / spec["data"]["cache"]
    images = peers.Images(cache, spec["resolution"])

    def batch(labels, views, studies):
        paths = [path for study in studies for path in sorted(views[study])]
        study = torch.tensor([i for i, key in enumerate(studies) for _ in views[key]])
        return images.normalised(paths), study, torch.tensor([float(labels[key]) for key in studies])

    labels, views = peers.labels_of(root / "train.csv")
    train = Batches([[batch(labels, views, studies) for studies in epoch]
                     for epoch in json.loads((attempt / "batches.json").read_text())])
    labels, views = peers.labels_of(root / "valid.csv")
    keys, size = sorted(labels), spec["train"]["studies_per_batch"]
    valid = [batch(labels, views, keys[i:i + size]) for i in range(0, len(keys), size)]
    return train, valid


class Record(Callback):
    """Batch losses, validation logits and the state after each epoch."""
    order = 99

    def __init__(self):
        self.losses, self.states, self.valid = [], [], []

    def before_epoch(self):
        self.losses.append([])
        self.valid.append(([], []))

    def after_batch(self):
        if self.training:
            self.losses[-1].append(self.loss_grad.item())
        else:
            self.valid[-1][0].extend(self.pred.tolist())
            self.valid[-1][1].extend(self.y.tolist())

    def after_epoch(self):
        self.states.append({name: value.clone() for name, value in self.model.state_dict().items()})


def splitter(groups):
    def split(model):
        body = list(model[0].children())
        # fastai's densenet split: after transition2, which is child 7
        parts = [body] if groups == 2 else [body[:7], body[7:]]
        return [[p for child in part for p in child.parameters()] for part in parts] + [list(model[1].parameters())]
    return split


class KeepState(Callback):
    """Undoes what freeze and unfreeze do to the optimizer's memory."""

    def before_fit(self):
        self.opt.clear_state = lambda: None


class DoublePositions(Callback):
    """The schedule without fastai's rounding of positions to float32."""
    order = 61  # after the scheduler

    def before_batch(self):
        import math
        if not self.training:
            return
        frozen = self.learn.opt.frozen_idx > 0
        pct, div = (0.99, 25.0) if frozen else (0.3, 5.0)
        cosine = lambda a, b, t: a + (1 + math.cos(math.pi * (1 - t))) * (b - a) / 2
        piece = lambda a, b, c: (cosine(a, b, self.pct_train / pct) if self.pct_train < pct
                                 else cosine(b, c, (self.pct_train - pct) / (1 - pct)))
        for group, highest in enumerate(self.highest[frozen]):
            self.opt.hypers[group]["lr"] = piece(highest / div, highest, highest / 1e5)
            self.opt.hypers[group]["mom"] = piece(0.95, 0.85, 0.95)


def fastai_trains(attempt, spec, break_rule=None):
    recipe, shape = spec["train"], spec["architecture"]
    groups = recipe["param_groups"]
    train, valid = batches_of(attempt, spec)
    features = peers.densenet(shape["growth"], shape["blocks"], shape["init_features"], shape["bn_size"])
    model = peers.fastai_classifier(features, recipe["hidden_features"], recipe["dropout"])
    model.load_state_dict(peers.from_radsweep(load_file(attempt / "initial.safetensors")))
    model = model.to(memory_format=torch.channels_last)
    record = Record()
    callbacks, options_of_learner, optimizer = [record], {}, Adam
    fit = {}
    if break_rule == "norms do not learn while the body is frozen":
        options_of_learner["train_bn"] = False
    if break_rule == "norms decay":
        options_of_learner["wd_bn_bias"] = True
    if break_rule == "momentum stays at 0.9":
        options_of_learner["moms"] = (0.9, 0.9, 0.9)
    if break_rule == "epsilon is 1e-8":
        optimizer = partial(Adam, eps=1e-8)
    if break_rule == "decay goes through the gradient":
        optimizer = partial(Adam, decouple_wd=False)
    if break_rule == "norms keep their statistics while the body is frozen":
        callbacks.append(FrozenStatistics())
    if break_rule == "Adam's memory survives the phases":
        callbacks.append(KeepState())
    if break_rule == "positions are doubles":
        half, mult = recipe["base_lr"] / 2, recipe["lr_mult"]
        rates = DoublePositions()
        rates.highest = {True: [recipe["base_lr"] / 10] * (groups - 1) + [recipe["base_lr"]],
                         False: [half / mult * mult ** (i / (groups - 1)) for i in range(groups)]}
        callbacks.append(rates)
    learner = Learner(DataLoaders(train, valid), model, loss_func=nn.BCEWithLogitsLoss(), opt_func=optimizer,
                      wd=recipe["weight_decay"], cbs=callbacks, splitter=splitter(groups), **options_of_learner)
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(recipe["epochs"], base_lr=recipe["base_lr"], freeze_epochs=recipe["frozen_epochs"],
                          lr_mult=recipe["lr_mult"])
    return record


class FrozenStatistics(Callback):
    """Body norms in evaluation mode while the body is frozen."""

    def before_train(self):
        if self.learn.opt.frozen_idx > 0:
            for module in self.model[0].modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()


def largest_difference(record, attempt):
    worst = 0.0
    for epoch, state in enumerate(record.states):
        ours = load_file(attempt / f"epoch-{epoch}.safetensors")
        theirs = peers.to_radsweep(state)
        assert sorted(ours) == sorted(theirs)
        worst = max([worst] + [(ours[name].double() - value.double()).abs().max().item()
                               for name, value in theirs.items()])
    return worst


seed = int(torch.randint(1, 1000, ()).item())
print("seed", seed)
for groups, lr_mult in [(2, 100), (3, 10)]:
    attempt = radsweep_trains(groups, lr_mult, seed)
    spec = json.loads((attempt / "spec.json").read_text())
    torch.set_num_threads(spec["slot"]["threads"])
    record = fastai_trains(attempt, spec)
    steps = sum(map(len, record.losses))
    name = f"{groups} groups, {steps} steps"
    peers.claim(f"{name}: at least 49 steps in 7 epochs", steps >= 49 and len(record.states) == 7)
    worst = largest_difference(record, attempt)
    peers.claim(f"{name}: parameters and buffers after every epoch are fastai's bits", worst == 0, f"{worst:.1e}")
    ours = peers.epochs_of(attempt)
    peers.claim(f"{name}: so are the losses",
                [epoch["train_loss"] for epoch in ours] == [sum(l) / len(l) for l in record.losses])
    worst = max(abs(epoch["valid_loss"] - nn.functional.binary_cross_entropy_with_logits(
        torch.tensor(logits).double(), torch.tensor(labels).double()).item())
        for epoch, (logits, labels) in zip(ours, record.valid, strict=True))
    peers.claim(f"{name}: validation losses agree", worst <= 1e-12, f"{worst:.1e}")

for rule in ["norms do not learn while the body is frozen", "norms keep their statistics while the body is frozen",
             "Adam's memory survives the phases", "norms decay", "momentum stays at 0.9", "epsilon is 1e-8",
             "decay goes through the gradient", "positions are doubles"]:
    difference = largest_difference(fastai_trains(attempt, spec, rule), attempt)
    peers.claim(f"it is noticed when {rule}", difference > 1e-6, f"{difference:.1e}")
peers.finish()
