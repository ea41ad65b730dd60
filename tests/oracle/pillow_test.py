"""`radsweep data prepare` next to Pillow: random sizes, contents and qualities, every byte."""
import csv

import numpy as np
from PIL import Image

import peers

IMAGES = 240
RESOLUTIONS = [160, 320, 480]
COLUMNS = ("Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,"
           "Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,"
           "Fracture,Support Devices").split(",")

options = peers.arguments()
random = np.random.default_rng()
print("seed state", random.bit_generator.state["state"]["state"])


def content(width, height):
    kind = random.integers(0, 4)
    if kind == 0:
        return random.integers(0, 256, (height, width))
    if kind == 1:
        return random.integers(0, 2, (height, width)) * 255
    y, x = np.mgrid[0:height, 0:width]
    waves = 127 + 100 * np.sin(x / random.uniform(2, 40) + random.uniform(0, 6)) * np.cos(y / random.uniform(2, 40))
    return waves if kind == 2 else np.where(waves > random.uniform(80, 180), 240, 10)


folder = peers.temporary_folder()
root = folder / "data"
root.mkdir()
rows = {"train": [], "valid": []}
for i in range(IMAGES):
    split = "valid" if i % 8 == 0 else "train"
    path = f"{split}/patient{10000 + i}/study1/view1_frontal.jpg"
    file = root / path
    file.parent.mkdir(parents=True)
    width, height = (int(v) for v in np.exp(random.uniform(np.log(3), np.log(900), 2)))
    if i % 40 == 0:
        width, height = 2320, 2828  # as CheXpert's
    image = Image.fromarray(np.clip(content(width, height), 0, 255).astype(np.uint8), "L")
    image.save(file, quality=int(random.choice([20, 75, 90, 100])), progressive=bool(random.integers(0, 2)))
    rows[split].append({name: "" for name in COLUMNS} | {
        "Path": "CheXpert-v1.0/" + path, "Sex": "Male", "Age": "50", "Frontal/Lateral": "Frontal", "AP/PA": "AP",
        "Atelectasis": f"{float(i % 3 == 0)}"})
for split in rows:
    with open(root / f"{split}.csv", "w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows[split])

peers.call(options.radsweep, "data", "prepare", root, "--cache", folder / "cache",
           "--resolution", ",".join(map(str, RESOLUTIONS)), "--quiet")
differing, compared = 0, 0
for resolution in RESOLUTIONS:
    images = peers.Images(folder / "cache", resolution)
    for path, row in images.rows.items():
        with Image.open(root / path) as file:
            expected = np.asarray(file.resize((resolution, resolution), Image.Resampling.LANCZOS))
        differing += int((images.pixels[row][0] != expected).sum())
        compared += expected.size
peers.claim("decoded and resized images are Pillow's", differing == 0, f"{differing} of {compared} bytes differ")
peers.finish()
