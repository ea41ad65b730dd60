#!/usr/bin/env python3
"""Golden values of tests/worker/model/study_classifier_test.cc, from torchvision's DenseNets.

    pip install torch torchvision numpy        (written with 1.7.1 and 0.8.2)
    python make_densenet.py

No weight files and no random numbers: every tensor of the state is filled from recipe_hash, by
its place in the state_dict. The network computes in float64. Dropout is left out (p = 0).
"""
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from recipe_hash import recipe_uniform

STUDY_OF_VIEW = [0, 0, 1, 2]
LABELS = [1.0, 0.0, 1.0]


class Classifier(nn.Module):
    """fastai's cut of a DenseNet (no final ReLU) and its create_head(nf, 1), without dropout."""

    def __init__(self, name):
        super().__init__()
        self.features = getattr(torchvision.models, name)().features
        nf = self.features.norm5.num_features
        self.head = nn.ModuleDict({
            "2": nn.BatchNorm1d(2 * nf), "4": nn.Linear(2 * nf, 512, bias=False),
            "6": nn.BatchNorm1d(512), "8": nn.Linear(512, 1, bias=False)})

    def pool(self, images):
        maps = self.features(images)
        return maps, torch.cat([F.adaptive_max_pool2d(maps, 1), F.adaptive_avg_pool2d(maps, 1)], 1).flatten(1)

    def forward(self, images):
        x = self.head["4"](self.head["2"](self.pool(images)[1]))
        return self.head["8"](self.head["6"](F.relu(x))).squeeze(1)


def fill(model):
    for stream, (name, value) in enumerate(model.state_dict().items()):
        u = torch.from_numpy(recipe_uniform(value.numel(), stream)).reshape(value.shape)
        if name.endswith("num_batches_tracked"):
            value.zero_()
        elif value.dim() > 1:
            fan_in = value.numel() // value.shape[0]
            value.copy_(((2 * u - 1) * (6 / fan_in) ** 0.5).float())
        elif name.endswith("running_var"):
            value.copy_((0.5 + u).float())
        elif name.endswith("weight"):
            value.copy_((0.8 + 0.4 * u).float())
        else:
            value.copy_(((2 * u - 1) * 0.1).float())


def show(name, values):
    values = torch.as_tensor(values).flatten().tolist()
    print(f"  {name}: " + ", ".join(f"{v:.9f}" for v in values))


def report(name):
    model = Classifier(name).double()
    fill(model)
    state = model.state_dict()
    print(f"{name}: {len(state)} entries, {sum(p.numel() for p in model.parameters())} parameters")
    images = torch.from_numpy(4 * recipe_uniform(4 * 3 * 64 * 64, 777777) - 2).float().double()
    images = images.reshape(4, 3, 64, 64)
    model.eval()
    with torch.no_grad():
        maps, pooled = model.pool(images)
        show("eval logits", model(images))
        show("eval maps mean, std, min, max", [maps.mean(), maps.std(), maps.min(), maps.max()])
        show("eval pooled, image 0, first two and last two", torch.cat([pooled[0, :2], pooled[0, -2:]]))
    model.train()
    logits = model(images)
    studies = torch.stack([logits[:2].max(), logits[2], logits[3]])
    loss = F.binary_cross_entropy_with_logits(studies, torch.tensor(LABELS).double())
    loss.backward()
    show("train logits", logits.detach())
    show("study logits", studies.detach())
    show("loss", loss.detach())
    gradients = {n: p.grad for n, p in model.named_parameters()}
    for key in ["features.conv0.weight", "features.denseblock1.denselayer1.norm1.weight",
                "features.denseblock3.denselayer5.conv2.weight", "features.norm5.bias",
                "head.4.weight", "head.8.weight"]:
        show(f"|gradient| {key}", gradients[key].norm())
    show("|gradient| all", torch.stack([g.norm() for g in gradients.values()]).norm())
    state = model.state_dict()
    for key in ["features.norm0.running_mean", "features.norm0.running_var", "head.2.running_var"]:
        show(f"{key}[0:3]", state[key][:3])


if __name__ == "__main__":
    report("densenet121")
    report("densenet161")
