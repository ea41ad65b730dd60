"""The network next to torchvision's DenseNets with fastai's head, from the same weights."""
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


def worst_gradient(ours, theirs, whole):
    """Of the parameters, one by one: how far apart, in units of what is allowed."""
    allowed = {key: 1e-2 * g.norm() + 1e-5 * whole for key, g in theirs.items()}
    return max(((ours["gradient/" + key] - g).norm() / allowed[key]).item() for key, g in theirs.items())


def relative(ours, theirs):
    return ((ours - theirs).norm() / theirs.norm().clamp_min(1e-3)).item()


for name in ("densenet121", "densenet161", "densenet169", "densenet201"):
    model = randomised(peers.fastai_classifier(getattr(torchvision.models, name)().features, dropout=0.0))
    px = int(torch.randint(2, 5, ()).item()) * 32
    images, study = torch.randn(8, 3, px, px), torch.tensor([0, 0, 1, 2, 2, 2, 3, 4])
    labels = torch.randint(0, 2, (5,)).float()
    state = {key: value.clone() for key, value in peers.to_radsweep(model.state_dict()).items()}
    save_file(state | {"images": images, "study_of_view": study, "labels": labels}, folder / "in.safetensors")
    model.eval()
    with torch.no_grad():
        logits = model.views(images)
    model.train()
    loss = F.binary_cross_entropy_with_logits(model(images, study), labels)
    loss.backward()
    gradients = peers.to_radsweep({key: p.grad for key, p in model.named_parameters()})
    whole = torch.sqrt(sum(p.grad.norm() ** 2 for p in model.parameters()))
    buffers = peers.to_radsweep(dict(model.named_buffers()))

    for kernels in ("reference", "fused"):
        peers.call(options.oracle, "forward", name, kernels, folder / "in.safetensors", folder / "out.safetensors")
        ours = load_file(folder / "out.safetensors")
        case = f"{name} at {px} px, {kernels} kernels"
        worst = (ours["eval_logits"] - logits).abs().max().item()
        peers.claim(f"{case}: logits in evaluation within 1e-5", worst <= 1e-5 * max(1, logits.abs().max()),
                    f"{worst:.1e}")
        apart = abs(ours["loss"].item() - loss.item())
        peers.claim(f"{case}: loss in training within 1e-5", apart <= 1e-5, f"{apart:.1e}")
        # float32 leaves about 8e-5 of the norm of such gradients undecided (0.03 of 377 for a 121)
        apart = torch.sqrt(sum((ours["gradient/" + key] - g).norm() ** 2 for key, g in gradients.items()))
        peers.claim(f"{case}: gradients within 1e-4", (apart / whole).item() <= 1e-4, f"{(apart / whole).item():.1e}")
        # a missing gradient is 1 in units of itself; a norm's bias may have 1e-4 of the whole
        worst = worst_gradient(ours, gradients, whole)
        peers.claim(f"{case}: every parameter's gradient within 1 % of itself and 1e-5 of all", worst <= 1, f"{worst:.1e}")
        worst = max(relative(ours[key].double(), b.double()) for key, b in buffers.items())
        peers.claim(f"{case}: running statistics within 1e-5", worst <= 1e-5, f"{worst:.1e}")
peers.finish()
