"""Pillow's way of preparing images, one process per processor: every file is decoded once.

usage: peer_prepare.py ROOT OUT PX [PX ...]; writes OUT/images-PX.u8, images in the order of their paths.
"""
import os
import sys
from multiprocessing import Pool
from pathlib import Path

from PIL import Image

root, out, sizes = Path(sys.argv[1]), Path(sys.argv[2]), [int(px) for px in sys.argv[3:]]


def prepared(path):
    with Image.open(path) as image:
        return [image.resize((px, px), Image.LANCZOS).tobytes() for px in sizes]


if __name__ == "__main__":
    files = [open(out / f"images-{px}.u8", "wb") for px in sizes]
    with Pool(len(os.sched_getaffinity(0))) as pool:
        for images in pool.imap(prepared, sorted(root.rglob("*.jpg")), chunksize=4):
            for file, pixels in zip(files, images):
                file.write(pixels)
