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


def relative(ours, theirs):
    return ((ours - theirs).norm() / theirs.norm().clamp_min(1e-3)).item()


for name in ("densenet121", "densenet161", "densenet169", "densenet201"):
    model = randomised(peers.fastai_classifier(getattr(torchvision.models, name)().features, dropout=0.0))
    px = int(torch.randint(2, 5, ()).item()) * 32
    images, study = torch.randn(8, 3, px, px), torch.tensor([0, 0, 1, 2, 2, 2, 3, 4])
    labels = torch.randint(0, 2, (5,)).float()
    state = {key: value.clone() for key, value in peers.to_radsweep(model.state_dict()).items()}
    save_file(state | {"images": images, "study_of_view": study, "labels": labels}, folder / "in.safetensors")
    peers.call(options.oracle, "forward", name, folder / "in.safetensors", folder / "out.safetensors")
    ours = load_file(folder / "out.safetensors")

    model.eval()
    with torch.no_grad():
        logits = model.views(images)
    worst = (ours["eval_logits"] - logits).abs().max().item()
    peers.claim(f"{name} at {px} px: logits in evaluation within 1e-5", worst <= 1e-5 * max(1, logits.abs().max()),
                f"{worst:.1e}")
    model.train()
    loss = F.binary_cross_entropy_with_logits(model(images, study), labels)
    loss.backward()
    peers.claim(f"{name}: loss in training within 1e-5", abs(ours["loss"].item() - loss.item()) <= 1e-5,
                f"{abs(ours['loss'].item() - loss.item()):.1e}")
    # float32 leaves about 8e-5 of the norm of such gradients undecided (0.03 of 377 for a 121)
    whole = torch.sqrt(sum(p.grad.norm() ** 2 for p in model.parameters()))
    gradients = peers.to_radsweep({key: p.grad for key, p in model.named_parameters()})
    apart = torch.sqrt(sum((ours["gradient/" + key] - g).norm() ** 2 for key, g in gradients.items()))
    peers.claim(f"{name}: gradients within 1e-4", (apart / whole).item() <= 1e-4, f"{(apart / whole).item():.1e}")
    buffers = peers.to_radsweep(dict(model.named_buffers()))
    worst = max(relative(ours[key].double(), b.double()) for key, b in buffers.items())
    peers.claim(f"{name}: running statistics within 1e-5", worst <= 1e-5, f"{worst:.1e}")
peers.finish()
