#!/usr/bin/env python3
"""Golden mask of tests/worker/model/dropout_test.cc: the definition in plain integers."""

M64, M32 = 2**64 - 1, 2**32 - 1


def mix_bits(x):
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & M64
    x = (x ^ x >> 27) * 0x94D049BB133111EB & M64
    return x ^ x >> 31


def counter_hash(words):
    state = 0
    for word in words:
        state = mix_bits((state + 0x9E3779B97F4A7C15 & M64) ^ mix_bits(word + 0x9E3779B97F4A7C15 & M64))
    return state


def stream_word(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 & M64
    return value


def lowbias32(x):
    x = (x ^ x >> 16) * 0x7FEB352D & M32
    x = (x ^ x >> 15) * 0x846CA68B & M32
    return x ^ x >> 16


def kept(place, p, seed, step, layer):
    key = counter_hash([seed, stream_word("dropout"), step, layer])
    return lowbias32(lowbias32(place ^ key & M32) ^ key >> 32) >= p * 2**32


if __name__ == "__main__":
    print("".join("01"[kept(i, 0.5, 42, 7, 3)] for i in range(24)))
    print("counter_hash({}) =", hex(counter_hash([])), " {0} =", hex(counter_hash([0])),
          " {1, 2, 3} =", hex(counter_hash([1, 2, 3])), " stream 'augment' =", hex(stream_word("augment")))
