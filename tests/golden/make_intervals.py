#!/usr/bin/env python3
"""Golden values of tests/orchestrator/report/{roc_curve,delong,bootstrap}_test.cc.

DeLong by its definition over all pairs of a positive and a negative study, the curve by
scikit-learn, the bootstrap's draws in plain integers. Needs numpy and scikit-learn:
    python make_intervals.py > intervals.txt
"""
import math

import numpy
import sklearn
from sklearn.metrics import roc_auc_score, roc_curve

from make_dropout import counter_hash, stream_word

RESAMPLES = 200


def wins(labels, scores):
    """One row per positive, one column per negative: 1 above it, 1/2 equal, 0 below."""
    x, y = scores[labels == 1][:, None], scores[labels == 0][None, :]
    return (x > y) + 0.5 * (x == y)


def delong(labels, sets):
    """AUCs of the sets of scores, and their covariance matrix."""
    pairs = [wins(labels, scores) for scores in sets]
    aucs = [matrix.mean() for matrix in pairs]
    p, n = pairs[0].shape
    covariance = numpy.zeros((len(sets), len(sets)))
    for r, a in enumerate(pairs):
        for s, b in enumerate(pairs):
            v10 = sum((a[i].mean() - aucs[r]) * (b[i].mean() - aucs[s]) for i in range(p)) / (p - 1)
            v01 = sum((a[:, j].mean() - aucs[r]) * (b[:, j].mean() - aucs[s]) for j in range(n)) / (n - 1)
            covariance[r, s] = v10 / p + v01 / n
    return aucs, covariance


def bootstrap(labels, scores, seed):
    aucs = []
    for resample in range(RESAMPLES):
        chosen = []
        for label in (0, 1):
            members = numpy.flatnonzero(labels == label)
            key = counter_hash([seed, stream_word("bootstrap"), resample, label])
            for k in range(len(members)):
                number = (counter_hash([key, k]) >> 11) / 2**53
                chosen.append(members[int(number * len(members))])
        aucs.append(roc_auc_score(labels[chosen], scores[chosen]))
    return numpy.percentile(aucs, [2.5, 97.5])


def show(name, values):
    print(name, *(repr(float(value)) for value in values))


def case(name, labels, first, second, seed):
    (a, b), covariance = delong(labels, [first, second])
    assert abs(a - roc_auc_score(labels, first)) < 1e-15
    error = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    fpr, tpr, thresholds = roc_curve(labels, first, drop_intermediate=False)
    print("case", name)
    print("labels", *labels)
    show("first", first)
    show("second", second)
    show("delong", [a, math.sqrt(covariance[0, 0])])
    show("paired", [a - b, error, math.erfc(abs(a - b) / error / math.sqrt(2))])
    show(f"bootstrap {seed} {RESAMPLES}", bootstrap(labels, first, seed))
    show("false_positive_rate", fpr)
    show("true_positive_rate", tpr)
    show("threshold", thresholds[1:])  # the first is infinite


if __name__ == "__main__":
    print(f"# numpy {numpy.__version__}, scikit-learn {sklearn.__version__}, by make_intervals.py")
    random = numpy.random.default_rng(7)

    labels = numpy.array([0, 1, 1, 0, 1, 0, 0, 1, 0, 1])
    case("few_studies", labels, labels + 1.5 * random.normal(size=10), random.normal(size=10), 0)

    labels = (random.random(60) < 0.4).astype(int)
    case("heavy_ties", labels, numpy.round(labels + random.normal(size=60)),
         numpy.round(0.5 * labels + random.normal(size=60)), 1)

    labels = (random.random(120) < 0.77).astype(int)
    shared = labels + random.normal(size=120)
    case("seeds_that_agree", labels, shared + 0.3 * random.normal(size=120),
         shared + 0.3 * random.normal(size=120), 2)
