#!/usr/bin/env python3
"""How much longer the queue's order (longest first, to the slot that is free first) takes for the
30 runs of the paper than the best possible schedule, for 2 to 16 GPUs.

Durations are multiply-adds times pixels of DenseNet121 and 161 at 160, 320 and 480 px, five seeds
each. Where the order is within 1 % of a bound that nothing can beat, the best schedule is not
searched for; elsewhere it is found exactly, by bisection over its length and bin packing of the
six kinds of runs.
"""
import functools
import heapq

GIGA_MULTIPLY_ADDS = {"densenet121": 2.834, "densenet161": 7.728}  # at 224 px
SEEDS = 5
KINDS = sorted((cost * (px / 224) ** 2 for cost in GIGA_MULTIPLY_ADDS.values()
                for px in (160, 320, 480)), reverse=True)
RUNS = sorted(KINDS * SEEDS, reverse=True)
TINY = 1e-9


def longest_first(slots):
    free_at = [0.0] * slots
    for duration in RUNS:
        heapq.heappush(free_at, heapq.heappop(free_at) + duration)
    return max(free_at)


def bound(slots):
    shares = [sum(RUNS[k * slots - k:k * slots + 1]) for k in range(-(-len(RUNS) // slots))]
    return max([sum(RUNS) / slots] + shares)


def fits(slots, length):
    """Whether all runs can be packed into so many slots of this length."""
    @functools.lru_cache(maxsize=None)
    def slots_for(left):  # how many of each kind
        if not any(left):
            return 0
        best = slots + 1

        def fill(kind, room, rest):
            nonlocal best
            if kind == len(KINDS):
                if not any(count and KINDS[k] <= room + TINY for k, count in enumerate(rest)):
                    best = min(best, 1 + slots_for(tuple(rest)))
                return
            for taken in range(rest[kind] + 1):
                if taken * KINDS[kind] > room + TINY:
                    break
                fill(kind + 1, room - taken * KINDS[kind],
                     rest[:kind] + [rest[kind] - taken] + rest[kind + 1:])

        largest = next(kind for kind, count in enumerate(left) if count)
        rest = list(left)
        rest[largest] -= 1
        fill(largest, length - KINDS[largest], rest)
        return best

    return slots_for((SEEDS,) * len(KINDS)) <= slots


def best(slots):
    low, high = bound(slots), longest_first(slots)
    if high <= 1.01 * low:
        return None
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if fits(slots, middle) else (middle, high)
    return high


print("GPUs  longest first / bound  / best possible")
for gpus in range(2, 17):
    exact = best(gpus)
    print(f"{gpus:4}  {longest_first(gpus) / bound(gpus):21.4f}  "
          + (f"{longest_first(gpus) / exact:15.4f}" if exact else "        (<= 1.01)"), flush=True)
