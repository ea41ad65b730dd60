"""Weights between radsweep, torchvision and timm, by the verbs `weights import` and `export`."""
import re

import timm
import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import load_file, save_file

import peers

options = peers.arguments()
folder = peers.temporary_folder()
radsweep = options.radsweep


def equal(ours, theirs):
    return ours.keys() == theirs.keys() and all(torch.equal(ours[key], theirs[key]) for key in theirs)


def imported(path):
    target = folder / "out.safetensors"
    peers.call(radsweep, "weights", "import", path, "-o", target)
    return target


for name in ("densenet121", "densenet161", "densenet169", "densenet201"):
    state = getattr(torchvision.models, name)().state_dict()
    for key, value in state.items():
        if key.endswith("running_mean"):
            value.normal_()
    torch.save(state, folder / "zip.pth")
    target = imported(folder / "zip.pth")
    peers.claim(f"{name}: a zip .pth comes through unchanged", equal(load_file(target), state))
    peers.claim(f"{name} is recognised", safe_open(target, "pt").metadata()["architecture"] == name)
    old = type(state)((re.sub(r"(denselayer\d+\.(?:norm|conv))(\d)", r"\1.\2", key), value)
                      for key, value in state.items() if not key.endswith("num_batches_tracked"))
    torch.save(old, folder / "old.pth", _use_new_zipfile_serialization=False)
    peers.claim(f"{name}: a legacy .pth with the names of 2017 comes through unchanged",
                equal(load_file(imported(folder / "old.pth")), state))
    save_file(timm.create_model(name, num_classes=7).state_dict(), folder / "timm.safetensors")
    model = timm.create_model(name, num_classes=7)
    model.load_state_dict(load_file(imported(folder / "timm.safetensors")))
    peers.claim(f"{name}: timm's safetensors file comes through unchanged",
                equal(model.state_dict(), load_file(folder / "timm.safetensors")))

state = timm.create_model("densenet121", num_classes=0).state_dict()
for kind in (torch.float16, torch.bfloat16, torch.float64):
    values = {key: value.to(kind) if value.is_floating_point() else value for key, value in state.items()}
    expected = {key: value.float() if value.is_floating_point() else value for key, value in values.items()}
    save_file(values, folder / "kind.safetensors")
    torch.save(values, folder / "kind.pth")
    for file in ("kind.safetensors", "kind.pth"):
        peers.claim(f"{kind} in {file} becomes float32", equal(load_file(imported(folder / file)), expected))

(folder / "sweep.yaml").write_text("""\
name: export
data: {synthetic: {studies: 40, valid: 20, image_px: 64, seed: 1}}
grid: {resolution: [32], architecture: [densenet121], seed: [1]}
train: {frozen_epochs: 1, epochs: 1, studies_per_batch: 8, lr_mult: 1}
""")
peers.call(radsweep, "run", "sweep.yaml", cwd=folder)
peers.call(radsweep, "export", "32-densenet121-s1", "-o", "whole.safetensors", cwd=folder)
peers.call(radsweep, "export", "32-densenet121-s1", "-o", "body.safetensors", "--features-only", cwd=folder)
whole, body = load_file(folder / "whole.safetensors"), load_file(folder / "body.safetensors")
best = load_file(folder / "runs/export/32-densenet121-s1/1/best.safetensors")
peers.claim("an export is the run's best weights", equal(whole, best))
for title, model in (("torchvision", torchvision.models.densenet121()), ("timm", timm.create_model("densenet121"))):
    rest = model.load_state_dict(whole, strict=False)
    peers.claim(f"{title} takes all of an export but the head",
                all(key.startswith("classifier.") for key in rest.missing_keys)
                and all(key.startswith("head.") for key in rest.unexpected_keys)
                and equal(model.features.state_dict(), {key[9:]: value for key, value in body.items()}))
model = torchvision.models.densenet121()
model.classifier = torch.nn.Identity()
model.load_state_dict(body)
model = timm.create_model("densenet121", num_classes=0, checkpoint_path=folder / "body.safetensors")
peers.claim("timm opens an export of the body as its checkpoint", equal(model.state_dict(), body))
peers.finish()
