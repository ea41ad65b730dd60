#!/usr/bin/env python3
"""How much longer the queue's order (longest first, to the slot that is free first) takes for the
30 runs of the paper than the best possible schedule, for 2 to 16 GPUs.

Durations are multiply-adds times pixels of DenseNet121 and 161 at 160, 320 and 480 px, five seeds
each. Where the order is within 1 % of a bound that nothing can beat, the best schedule is not
searched for; elsewhere it is found exactly, by bisection over its length and bin packing of the
six kinds of runs.

Then what it would gain to know the true durations: on a large GPU a small image takes longer than
its multiply-adds say. The order by multiply-adds beside the order by true durations, both with the
true ones, over 400 cards drawn at random: per multiply-add 160 px take 1 to 2.5 times as long as
480 px, 320 px up to 1.4 times but never more than 160 px, and DenseNet121 1 to 1.4 times as long as
161.
"""
import functools
import heapq
import random
import statistics

GIGA_MULTIPLY_ADDS = {"densenet121": 2.834, "densenet161": 7.728}  # at 224 px
SEEDS = 5
COST = {(name, px): giga * (px / 224) ** 2 for name, giga in GIGA_MULTIPLY_ADDS.items()
        for px in (160, 320, 480)}
KINDS = sorted(COST.values(), reverse=True)
RUNS = sorted(KINDS * SEEDS, reverse=True)
TINY = 1e-9


def in_order(durations, slots):
    free_at = [0.0] * slots
    for duration in durations:
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
    low, high = bound(slots), in_order(RUNS, slots)
    if high <= 1.01 * low:
        return None
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if fits(slots, middle) else (middle, high)
    return high


print("GPUs  longest first / bound  / best possible")
for gpus in range(2, 17):
    exact = best(gpus)
    print(f"{gpus:4}  {in_order(RUNS, gpus) / bound(gpus):21.4f}  "
          + (f"{in_order(RUNS, gpus) / exact:15.4f}" if exact else "        (<= 1.01)"), flush=True)

draw = random.Random(1)


def durations_of_a_card():
    small = draw.uniform(1, 2.5)
    per_cost = {160: small, 320: draw.uniform(1, min(1.4, small)), 480: 1}
    narrow = {"densenet121": draw.uniform(1, 1.4), "densenet161": 1}
    return {kind: cost * per_cost[kind[1]] * narrow[kind[0]] for kind, cost in COST.items()}


def by_cost_beside_by_duration(slots):
    true = durations_of_a_card()
    kinds = [kind for kind in COST for _ in range(SEEDS)]
    by_cost = [true[kind] for kind in sorted(kinds, key=COST.get, reverse=True)]
    by_duration = sorted(by_cost, reverse=True)
    return in_order(by_cost, slots) / in_order(by_duration, slots)


print("\nGPUs  by multiply-adds / by true durations: mean, 95 of 100 cards at most, worst")
for gpus in range(2, 17):
    ratios = sorted(by_cost_beside_by_duration(gpus) for _ in range(400))
    print(f"{gpus:4}  {statistics.mean(ratios):.3f} {ratios[379]:.3f} {ratios[-1]:.3f}", flush=True)
