#!/usr/bin/env python3
"""Golden values of tests/worker/data/counter_rng_test.cc: the definition in plain integers."""
from make_dropout import counter_hash, stream_word


def number(seed, stream, epoch, study, view, index):
    key = counter_hash([seed, stream_word(stream), epoch, study, view])
    return (counter_hash([key, index]) >> 11) / 2**53


if __name__ == "__main__":
    for index in (0, 1, 10**12):
        print(number(42, "augment", 3, 1000, 2, index).hex())
    print(number(0, "shuffle", 0, 0, 0, 0).hex())
