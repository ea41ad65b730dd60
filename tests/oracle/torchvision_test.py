"""The network next to torchvision's DenseNets with fastai's head, from the same weights."""
import copy

import torch
import torchvision
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

import peers

options = peers.arguments()
seed = torch.seed()
print("seed", seed)
folder = peers.temporary_folder()


def randomised(model):
    """Weights and running statistics that no symmetry hides."""
    for name, value in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            value.fill_(3)
        elif value.dim() > 1:
            torch.nn.init.kaiming_uniform_(value, nonlinearity="relu")
        elif name.endswith("running_var") or name.endswith("weight"):
            value.uniform_(0.7, 1.3)
        else:
            value.uniform_(-0.1, 0.1)
    return model


def torchvision_computes(model, images, study, labels):
    """What radsweep is asked for as well, by the same names, in the precision of `images`."""
    model.eval()
    with torch.no_grad():
        results = {"eval_logits": model.views(images)}
    model.train()
    loss = F.binary_cross_entropy_with_logits(model(images, study), labels)
    loss.backward()
    gradients = peers.to_radsweep({key: p.grad for key, p in model.named_parameters()})
    return (results | {"loss": loss.detach()} | {"gradient/" + key: g for key, g in gradients.items()}
            | peers.to_radsweep(dict(model.named_buffers())))


def radsweep_computes(name, kernels, precision):
    peers.call(options.oracle, "forward", name, kernels, precision, folder / "in.safetensors", folder / "out.safetensors")
    results = load_file(folder / "out.safetensors")
    return {key: value.view(torch.float64) if precision == "float64" and not key.endswith("num_batches_tracked") else value
            for key, value in results.items()}


def joined(results, of):
    """The values of all results that `of` picks by name, in one row."""
    return torch.cat([value.double().flatten() for key, value in sorted(results.items()) if of(key)])


# Of each kind: its results' names, and how far from the exact ones float32 may be, if torchvision's
# float32 is not itself beyond a fourth of that: where a draw's logits nearly cancel, so are both.
# Noise through a network of random weights leaves percents of the gradients undecided, as the sign of
# every value that a ReLU sees near zero is a matter of rounding. Float64 leaves nothing undecided.
KINDS = {"logits in evaluation": (lambda key: key == "eval_logits", 1e-5),
         "loss in training": (lambda key: key == "loss", 1e-3),
         "gradients": (lambda key: key.startswith("gradient/"), 1e-1),
         "running statistics": (lambda key: "running_" in key, 1e-5)}


def apart(ours, theirs, of):
    """In units of the whole."""
    ours, theirs = joined(ours, of), joined(theirs, of)
    return ((ours - theirs).norm() / theirs.norm()).item()


for name in ("densenet121", "densenet161", "densenet169", "densenet201"):
    model = randomised(peers.fastai_classifier(getattr(torchvision.models, name)().features, dropout=0.0))
    px = int(torch.randint(2, 4, ()).item()) * 32
    images, study = torch.randn(8, 3, px, px), torch.tensor([0, 0, 1, 2, 2, 2, 3, 4])
    labels = torch.randint(0, 2, (5,)).float()
    state = {key: value.clone() for key, value in peers.to_radsweep(model.state_dict()).items()}
    save_file(state | {"images": images, "study_of_view": study, "labels": labels}, folder / "in.safetensors")
    exact = torchvision_computes(copy.deepcopy(model).double(), images.double(), study, labels.double())
    rounded = torchvision_computes(model, images, study, labels)

    for kernels in ("reference", "fused"):
        case = f"{name} at {px} px, {kernels} kernels"
        ours = radsweep_computes(name, kernels, "float64")
        peers.claim(f"{case}: every tensor of torchvision's and no other", ours.keys() == exact.keys() | {"train_logits"})
        # every tensor by itself: what is left out or scaled wrong in one of them shows
        worst, key = max((apart(ours, exact, key.__eq__), key) for key in exact if exact[key].double().norm() > 1e-9)
        peers.claim(f"{case}: float64, every tensor within 1e-9", worst <= 1e-9, f"{worst:.1e} {key}")
        ours = radsweep_computes(name, kernels, "float32")
        for kind, (of, bound) in KINDS.items():
            error, peer = apart(ours, exact, of), apart(rounded, exact, of)
            peers.claim(f"{case}: float32, {kind} within {bound}", error <= max(bound, 4 * peer),
                        f"{error:.1e}, torchvision's {peer:.1e}")
peers.finish()
