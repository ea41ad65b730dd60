#!/usr/bin/python3
"""Writes lanczos.txt: CRC-32 of what Pillow's resize(..., LANCZOS) makes of hash images.

Needs Debian 12's python3-pil (9.4.0); Pillow 12.2 and later may take the passes in another order
and is no oracle. Lines: <width> <height> <out width> <out height> <CRC-32 in> <CRC-32 out>
"""
import pathlib
import zlib

import PIL
from PIL import Image

CHEXPERT_LIKE = [(390, 320), (320, 390), (2320, 2828)]
OTHER = [((7, 5), (3, 9)), ((1, 1), (4, 3)), ((161, 479), (160, 160)), ((64, 48), (64, 20)),
         ((64, 48), (20, 48)), ((64, 48), (64, 48)), ((3, 200), (50, 7)), ((100, 101), (99, 102))]


def hash_image(width, height):
    """Pixel i is the top byte of a 32-bit hash of i, stream 4242."""
    pixels = bytearray()
    for i in range(width * height):
        x = (i * 2654435761 + 4242 * 40503 + 12345) & 0xFFFFFFFF
        x ^= x >> 16
        x = (x * 0x45D9F3B) & 0xFFFFFFFF
        x ^= x >> 16
        x = (x * 0x45D9F3B) & 0xFFFFFFFF
        x ^= x >> 16
        pixels.append(x >> 24)
    return Image.frombytes("L", (width, height), bytes(pixels))


def main():
    cases = [(size, (side, side)) for size in CHEXPERT_LIKE for side in (160, 320, 480)] + OTHER
    images = {size: hash_image(*size) for size in dict(cases)}
    lines = [f"# Pillow {PIL.__version__}"]
    for size, out in cases:
        resized = images[size].resize(out, Image.LANCZOS)
        lines.append(f"{size[0]} {size[1]} {out[0]} {out[1]} "
                     f"{zlib.crc32(images[size].tobytes()):08x} {zlib.crc32(resized.tobytes()):08x}")
    (pathlib.Path(__file__).parent / "lanczos.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
