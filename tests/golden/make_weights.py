#!/usr/bin/env python3
"""Golden files of tests/worker/model/import/, a tiny DenseNet saved in every way.

    pip install torch torchvision safetensors        (written with 2.13.0 and 0.28.0)
    python make_weights.py

growth 2, one block of 2 layers, stem 4, bn_size 1. Value i of tensor t of the state is
t + i / 128, a batch counter is 7, so that the tests need no second copy.
"""
import re
from pathlib import Path

import torch
from safetensors.torch import save_file
from torchvision.models import DenseNet

FOLDER = Path(__file__).parent / "weights"
model = DenseNet(growth_rate=2, block_config=(2,), num_init_features=4, bn_size=1, num_classes=2)
for number, (name, value) in enumerate(model.state_dict().items()):
    if name.endswith("num_batches_tracked"):
        value.fill_(7)
    else:
        value.copy_(number + torch.arange(value.numel()).reshape(value.shape) / 128)
state = model.state_dict()


def save(name, values, legacy=False):
    torch.save(values, FOLDER / name, _use_new_zipfile_serialization=not legacy)


dotted = type(state)((re.sub(r"(denselayer\d+\.(?:norm|conv))(\d)", r"\1.\2", name), value)
                     for name, value in state.items() if not name.endswith("num_batches_tracked"))
save("legacy.pth", dotted, legacy=True)
save("zip.pth", state)
save_file(dict(state), FOLDER / "torchvision.safetensors")
save_file({name: value.double() if value.is_floating_point() else value for name, value in state.items()},
          FOLDER / "float64.safetensors")
last = state["features.conv0.weight"]
strided = dict(state) | {"features.conv0.weight": last.contiguous(memory_format=torch.channels_last)}
save("strided.pth", strided, legacy=True)

# What a training saves: the state of a network in DataParallel, and the optimiser's with it.
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
save("checkpoint.pth", {"epoch": 3, "best_auc": 0.83, "optimizer": optimizer.state_dict(),
                        "state_dict": {"module." + name: value for name, value in state.items()}})
save("negated.pth", dict(state) | {"features.norm0.bias": torch._neg_view(state["features.norm0.bias"])}, legacy=True)
