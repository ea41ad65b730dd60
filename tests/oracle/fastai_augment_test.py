"""Augmentation next to fastai's transforms, with the draws given to both."""
import torch
from fastai.torch_core import TensorImage
from fastai.vision.augment import Brightness, Contrast, Flip, Rotate, Warp, Zoom, setup_aug_tfms
from fasttransform import Pipeline
from safetensors.torch import load_file, save_file

import peers

options = peers.arguments()
print("seed", torch.seed())
folder = peers.temporary_folder()
worst = {"smooth images": 0.0, "noise": 0.0}


def noise(count, height, width):
    return torch.randint(0, 256, (count, height, width)).float()


def waves(count, height, width):
    """Smooth, and black at the border."""
    y, x = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    number, phase = 1 + 1.5 * torch.rand(count, 1, 1), 6 * torch.rand(count, 1, 1)
    window = torch.sin(torch.pi * x) * torch.sin(torch.pi * y)
    return (window * (127 + 120 * torch.sin(number * (x + y) + phase))).round()


for height, width in [(24, 32), (48, 48), (160, 160), (33, 20)]:
    n = 16
    content = "noise" if height < 40 else "smooth images"
    images = noise(n, height, width) if content == "noise" else waves(n, height, width)
    uniform = lambda low, high: low + (high - low) * torch.rand(n)
    flip = (torch.rand(n) < 0.5).float()
    rotate, warp_x, warp_y = uniform(-30, 30), uniform(-0.2, 0.2), uniform(-0.2, 0.2)
    zoom, zoom_x, zoom_y = uniform(1, 1.2), uniform(0, 1), uniform(0, 1)
    brightness, contrast = uniform(0.4, 0.6), torch.exp(uniform(-0.223, 0.223))
    save_file({"images": images, "draws": torch.stack(
        [flip, rotate, zoom, zoom_x, zoom_y, warp_x, warp_y, brightness, contrast], 1)}, folder / "in.safetensors")
    peers.call(options.oracle, "augment", folder / "in.safetensors", folder / "out.safetensors")
    given = lambda values: lambda x: values
    kept = {"p": 1.0, "pad_mode": "zeros"}
    transforms = Pipeline(setup_aug_tfms([
        Flip(draw=given(flip), **kept), Rotate(draw=given(rotate), **kept),
        Zoom(draw=given(zoom), draw_x=given(zoom_x), draw_y=given(zoom_y), **kept),
        Warp(draw_x=given(warp_x), draw_y=given(warp_y), **kept),
        Brightness(draw=given(brightness), p=1.0), Contrast(draw=given(contrast), p=1.0)]), split_idx=0)
    theirs = torch.as_tensor(transforms(TensorImage(images.unsqueeze(1) / 255))).squeeze(1)
    apart = (load_file(folder / "out.safetensors")["images"] - theirs).abs().max().item()
    worst[content] = max(worst[content], apart)
# fastai's sample points are float32, up to 3e-5 pixels off; from one pixel of noise to the next is up to the whole
# range, doubled by the contrast. Smooth images change by a twentieth of that.
bounds = {"smooth images": 1e-5, "noise": 1e-4}
for content, apart in worst.items():
    peers.claim(f"augmented {content} are fastai's within {bounds[content]:.0e}", apart <= bounds[content], f"{apart:.1e}")
peers.finish()
