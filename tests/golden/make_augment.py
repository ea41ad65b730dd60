#!/usr/bin/env python3
"""Golden values of tests/worker/data/augment_test.cc: fastai's transforms with given draws.

    pip install fastai            (written with 2.1.10 and torch 1.7.1)
    python make_augment.py
"""
import torch
from fastai.vision.augment import (
    Brightness, Contrast, Flip, PadMode, Rotate, TensorImage, Warp, Zoom, setup_aug_tfms)

from recipe_hash import recipe_hash

IMAGES, HEIGHT, WIDTH = 2, 6, 8
ROTATE, WARP_X, WARP_Y = (10.0, -25.0), (0.1, -0.05), (0.03, 0.1)
BRIGHTNESS, CONTRAST = (0.58, 0.42), (1.2, 0.85)
FLIP, ZOOM, ZOOM_X, ZOOM_Y = (0.0, 1.0), (1.3, 1.1), (0.2, 0.9), (0.7, 0.4)


def images():
    pixels = recipe_hash(IMAGES * HEIGHT * WIDTH, 99) >> 24
    return TensorImage(torch.tensor(pixels.astype("float32") / 255).view(IMAGES, 1, HEIGHT, WIDTH))


def given(values):
    return lambda x: torch.tensor(values, dtype=x.dtype)


def show(title, transforms):
    x = images()
    for transform in setup_aug_tfms(transforms):
        if hasattr(transform, "_get_affine_mat"):
            transform.before_call(x, 0)
            print(f"  {title}, matrices:", transform.mat.flatten(1).tolist())
        x = transform(x, split_idx=0)
    for n in range(IMAGES):
        print(f"  {title}, image {n}, first row:", " ".join(f"{v:.6f}" for v in x[n, 0, 0].tolist()))


def geometry(pad, everything=False):
    common = dict(p=1.0, pad_mode=pad)
    moved = [Rotate(draw=given(ROTATE), **common),
             Warp(draw_x=given(WARP_X), draw_y=given(WARP_Y), **common)]
    if everything:
        moved.insert(0, Flip(draw=given(FLIP), **common))
        moved.insert(2, Zoom(draw=given(ZOOM), draw_x=given(ZOOM_X), draw_y=given(ZOOM_Y), **common))
    return moved


def lighting():  # new each time: setup_aug_tfms merges transforms into the first of a kind
    return [Brightness(draw=given(BRIGHTNESS), p=1.0), Contrast(draw=given(CONTRAST), p=1.0)]


if __name__ == "__main__":
    show("zeros", geometry(PadMode.Zeros))
    show("zeros and lighting", geometry(PadMode.Zeros) + lighting())
    for pad in (PadMode.Zeros, PadMode.Border, PadMode.Reflection):
        show(f"everything, {pad}", geometry(pad, everything=True) + lighting())
