"""Reproducible numbers for golden values: tests/support/recipe_hash.h in numpy."""
import numpy as np


def recipe_hash(count, stream):
    """32 mixed bits (uint32) for the places 0..count-1 of a stream."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) * np.uint32(2654435761)
        x += np.uint32((stream * 40503 + 12345) % 2**32)
        for _ in range(2):
            x = (x ^ (x >> np.uint32(16))) * np.uint32(0x45D9F3B)
        return x ^ (x >> np.uint32(16))


def recipe_uniform(count, stream):
    """The same as float64 in [0, 1)."""
    return recipe_hash(count, stream) / 2.0**32
