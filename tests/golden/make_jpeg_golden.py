#!/usr/bin/python3
"""Writes jpeg/*.jpg and jpeg/expected.txt: what Pillow decodes and resizes them to.

Needs Pillow 9.4 to 11.3 (libjpeg-turbo). Lines of expected.txt:
  <file> <width> <height> <CRC-32 of the grey pixels> <CRC-32 of them resized to 24 x 24>
  <file> refused
"""
import io
import math
import pathlib
import zlib

import PIL
from PIL import Image

FOLDER = pathlib.Path(__file__).parent / "jpeg"


def noise(i):
    """A pixel of pseudo-random noise: the same on every machine."""
    x = (i * 2654435761 + 12345) & 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 0x45D9F3B) & 0xFFFFFFFF
    return (x >> 24) & 255


def grey(width, height):
    """Smooth waves, a hard edge and some noise."""
    image = Image.new("L", (width, height))
    image.putdata([
        min(255, max(0, int(110 + 60 * math.sin(x / 5) + 40 * math.cos(y / 7)
                            + (50 if x > y else 0) + noise(y * width + x) / 8)))
        for y in range(height) for x in range(width)])
    return image


def colour(width, height):
    channels = [grey(width, height), grey(height, width).resize((width, height)),
                grey(width, height).transpose(Image.FLIP_TOP_BOTTOM)]
    return Image.merge("RGB", channels)


def rotated_by_exif():
    exif = Image.Exif()
    exif[0x0112] = 6  # a viewer would turn it; CheXpert's files are read as they are stored
    return exif


def damaged(files):
    """Files with bytes too many, and files with bytes too few."""
    grey_bytes, progressive = files["grey_q95"], files["grey_progressive"]
    tables = grey_bytes.index(b"\xff\xdb")
    jfif = grey_bytes.index(b"JFIF") + 5
    return {
        "extra_before_end": grey_bytes[:-2] + b"\x12\x34" + grey_bytes[-2:],
        "extra_before_end_progressive": progressive[:-2] + b"\x12\x34" + progressive[-2:],
        "extra_behind_end": grey_bytes + b"hello",
        "extra_before_tables": grey_bytes[:tables] + b"\x01\x02" + grey_bytes[tables:],
        "jfif_revision_9": grey_bytes[:jfif] + b"\x09" + grey_bytes[jfif + 1:],
        "cut_in_half": grey_bytes[:len(grey_bytes) // 2],
        "cut_before_end": grey_bytes[:-2],
        "cut_within_end": grey_bytes[:-1],
        "cut_progressive": progressive[:-2],
    }


def line_of(name, content):
    try:
        decoded = Image.open(io.BytesIO(content)).convert("L")
    except OSError:
        return f"{name}.jpg refused"
    small = decoded.resize((24, 24), Image.LANCZOS)
    return (f"{name}.jpg {decoded.width} {decoded.height} "
            f"{zlib.crc32(decoded.tobytes()):08x} {zlib.crc32(small.tobytes()):08x}")


def main():
    FOLDER.mkdir(exist_ok=True)
    cases = {
        "grey_q20": (grey(61, 47), {"quality": 20}),
        "grey_q95": (grey(96, 90), {"quality": 95}),
        "grey_tiny": (grey(17, 9), {"quality": 75}),
        "grey_progressive": (grey(64, 40), {"quality": 90, "progressive": True}),
        "grey_exif_rotation": (grey(40, 30), {"quality": 90, "exif": rotated_by_exif()}),
        "colour_444": (colour(45, 33), {"quality": 90, "subsampling": 0}),
        "colour_422": (colour(45, 33), {"quality": 80, "subsampling": 1}),
        "colour_420": (colour(45, 33), {"quality": 90, "subsampling": 2}),
        "grey_in_colour": (grey(50, 38).convert("RGB"), {"quality": 95}),
    }
    files = {}
    for name, (image, options) in cases.items():
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", **options)
        files[name] = buffer.getvalue()
    files.update(damaged(files))
    lines = [f"# Pillow {PIL.__version__}"]
    for name, content in files.items():
        (FOLDER / f"{name}.jpg").write_bytes(content)
        lines.append(line_of(name, content))
    (FOLDER / "expected.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
