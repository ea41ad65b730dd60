// Counter-based randomness: a hash of what a number is for (seed, stream, step, ...) instead of a
// generator with a state. A draw depends on its words only: on no thread, order or earlier draw,
// so a resumed run repeats it without anything having been stored.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace radsweep {

// The finaliser of splitmix64 (Steele, Lea, Flood 2014, with Stafford's constants "Mix13"):
// a bijection in which every input bit flips every output bit with probability near 1/2.
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Hash of a sequence of words; order and number of words matter. Each word moves the state by
// splitmix64's increment (2^64 / golden ratio) before it is mixed in, so zeros count as well.
constexpr std::uint64_t counter_hash(std::initializer_list<std::uint64_t> words) {
  std::uint64_t state = 0;
  for (const std::uint64_t word : words) {
    state = mix_bits((state + 0x9e3779b97f4a7c15u) ^ mix_bits(word + 0x9e3779b97f4a7c15u));
  }
  return state;
}

// A word for a named stream ("augment", "shuffle", ...): FNV-1a, 64 bits.
constexpr std::uint64_t stream_word(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  return hash;
}

// The upper 53 bits of a hash as a number in [0, 1).
constexpr double unit_interval(std::uint64_t hash) {
  return static_cast<double>(hash >> 11) * 0x1p-53;
}

}  // namespace radsweep
