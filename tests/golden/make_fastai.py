#!/usr/bin/env python3
"""Golden values of tests/worker/train/phase_test.cc, adam_test.cc and roc_auc_test.cc.

    pip install fastai scikit-learn         (ran with 2.8.12 and 1.9.1; torch 2.5.1)
    python make_fastai.py

The rates are read off fastai's optimizer before every batch of a real fine_tune(); the Adam steps
are fastai's own optimizer at given rates; the AUC values are roc_auc_score's.
"""
import math

import torch
from fastai.callback.core import Callback
from fastai.callback.schedule import *  # adds fine_tune and fit_one_cycle to Learner
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from fastai.optimizer import Adam
from sklearn.metrics import roc_auc_score
from torch import nn

SHORT = {"frozen": [0, 1, 2, 3, 5, 8, 9],
         "full": [0, 1, 5, 9, 10, 17, 18, 19, 30, 40, 50, 58, 59]}
REAL = {"frozen": [1, 633, 1266, 2506, 2507, 2520, 2531],
        "full": [1000, 2532, 4557, 5064, 7596, 10128, 12660, 15191]}


class Rates(Callback):
    order = 61  # after the scheduler

    def __init__(self):
        self.rows = []

    def before_batch(self):
        if self.training:
            body, head = self.opt.hypers
            self.rows.append((body["lr"], head["lr"], head["mom"]))


def recorded_rates(batches):
    torch.manual_seed(0)
    data = [(torch.zeros(1, 1), torch.zeros(1, 1))] * batches
    learner = Learner(DataLoaders(data, data[:1]), nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1)),
                      loss_func=nn.MSELoss(), opt_func=Adam, wd=0.1, cbs=Rates(),
                      splitter=lambda model: [list(model[0].parameters()), list(model[1].parameters())])
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(6, base_lr=5e-3)
    rows = learner.rates.rows
    return {"frozen": rows[:batches], "full": rows[batches:]}


def show_rates(title, batches, steps, digits):
    print(title)
    rows = recorded_rates(batches)
    for phase, wanted in steps.items():
        for step in wanted:
            body, head, momentum = rows[phase][step]
            print(f'  {{"{phase}", {step}, "{body:.{digits}e}", "{head:.{digits}e}", "{momentum:.{digits}f}"}},')


def show_adam():
    rates = [(2e-4, .95), (1.2e-3, .92), (5e-3, .85), (2.5e-3, .88), (1e-4, .95)]
    for name, decays in [("with decay", True), ("without decay", False)]:
        p = torch.tensor([1.0, -0.5, 0.25, 2.0], requires_grad=True)
        optimizer = Adam([p], lr=1e-3, wd=0.1, sqr_mom=0.99, eps=1e-5)
        optimizer.state[p]["do_wd"] = decays
        print(f"Adam, {name}")
        for k, (lr, momentum) in enumerate(rates):
            p.grad = torch.tensor([math.sin(1 + k), 0.01 * math.cos(2 * k), -0.5 + 0.1 * k, 1e-4 * (-1) ** k])
            optimizer.set_hypers(lr=lr, mom=momentum)
            optimizer.step()
            print("  " + ", ".join(f"{v:.9g}" for v in p.tolist()))
        state = optimizer.state[p]
        print("  mean", ", ".join(f"{v:.9g}" for v in state["grad_avg"].tolist()))
        print("  square", ", ".join(f"{v:.9g}" for v in state["sqr_avg"].tolist()))


def show_auc():
    for labels, scores in [([0, 0, 1, 1], [.1, .4, .35, .8]), ([0, 1, 0, 1], [3, 3, 3, 3]),
                           ([0, 1, 1, 0, 1], [.2, .2, .9, .9, .5]), ([0, 1], [-40, 40]), ([1, 0], [-40, 40])]:
        print(f"AUC {labels} {scores}: {roc_auc_score(labels, scores)!r}")


if __name__ == "__main__":
    show_rates("rates, 10 batches an epoch", 10, SHORT, 10)
    show_rates("rates, 2532 batches an epoch", 2532, REAL, 9)
    show_adam()
    show_auc()
