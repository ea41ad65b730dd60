#include "worker/model/dropout.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

#include "base/counter_hash.h"

namespace radsweep::model {
namespace {

constexpr std::int64_t kLow32 = 0xffffffff;

// "lowbias32" (Wellons, hash-prospector) in place on 32-bit values held in int64. The second
// multiplier 0x846ca68b is written minus 2^32: the same low 32 bits, and no product leaves int64.
void mix_32_bits_(at::Tensor& x) {
  x.bitwise_xor_(x.bitwise_right_shift(16)).mul_(0x7feb352d).bitwise_and_(kLow32);
  x.bitwise_xor_(x.bitwise_right_shift(15)).mul_(0x846ca68b - (std::int64_t{1} << 32));
  x.bitwise_and_(kLow32);
  x.bitwise_xor_(x.bitwise_right_shift(16));
}

}  // namespace

DropoutWords dropout_words(const DropoutKey& key, std::span<const std::uint64_t> layers) {
  const at::Tensor words = at::empty({static_cast<std::int64_t>(layers.size()), 2}, at::kLong);
  auto* word = words.mutable_data_ptr<std::int64_t>();
  for (const std::uint64_t layer : layers) {
    const std::uint64_t hash = counter_hash({key.seed, stream_word("dropout"), key.step, layer});
    *word++ = static_cast<std::int64_t>(hash & kLow32);
    *word++ = static_cast<std::int64_t>(hash >> 32);
  }
  return {words, key.first_row};
}

at::Tensor keyed_dropout(const at::Tensor& input, double p, const DropoutWords& words,
                         std::int64_t layer) {
  if (p == 0) return input;
  const at::Tensor hash = words.of_layers[layer];
  const std::int64_t first = words.first_row * input.size(1);
  at::Tensor bits = at::arange(first, first + input.numel(),
                               at::TensorOptions().dtype(at::kLong).device(input.device()));
  bits.bitwise_xor_(hash[0]);
  mix_32_bits_(bits);
  bits.bitwise_xor_(hash[1]);
  mix_32_bits_(bits);
  const at::Tensor kept = bits.ge(p * 0x1p32).view(input.sizes());
  return input * kept.to(input.dtype()).div_(1 - p);
}

}  // namespace radsweep::model
