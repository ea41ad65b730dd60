"""roc_auc next to scikit-learn's: random labels and scores, heavy ties, a single class."""
import numpy as np
from sklearn.metrics import roc_auc_score

import peers

options = peers.arguments()
random = np.random.default_rng()
print("seed state", random.bit_generator.state["state"]["state"])
cases = []
for _ in range(1000):
    count = int(random.integers(2, 300))
    labels = random.integers(0, 2, count)
    scores = random.normal(size=count)
    levels = int(random.integers(1, 12))
    if random.random() < 0.6:  # heavy ties
        scores = random.integers(0, levels, count) / 4
    cases.append((labels, scores))
cases += [(np.ones(5, int), random.normal(size=5)), (np.zeros(3, int), np.arange(3.0))]

folder = peers.temporary_folder()
with open(folder / "cases", "w") as file:
    for labels, scores in cases:
        file.write(" ".join(map(str, labels)) + " ; " + " ".join(repr(float(s)) for s in scores) + "\n")
ours = peers.call(options.oracle, "auc", folder / "cases").split()
worst, both, undefined = 0.0, 0, True
for (labels, scores), value in zip(cases, ours, strict=True):
    if len(set(labels.tolist())) < 2:
        undefined &= value == "undefined"
        continue
    both += 1
    worst = max(worst, abs(float(value) - roc_auc_score(labels, scores)))
peers.claim("roc_auc is scikit-learn's to 1e-15", worst <= 1e-15, f"worst {worst:.1e} of {both}")
peers.claim("roc_auc of a single class is undefined", undefined)
peers.finish()
