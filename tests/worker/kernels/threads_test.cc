// The loops on the CPU share their work among LibTorch's threads.
#include <ATen/ATen.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/worker/kernels/random.h"
#include "worker/kernels/cpu/blocks.h"
#include "worker/kernels/cpu/norm_relu.h"
#include "worker/kernels/cpu/pointwise.h"
#undef CHECK
#include <doctest/doctest.h>

using namespace radsweep::kernels;

namespace {

constexpr std::int64_t kChannels = 24, kOut = 16;

class Threads {
 public:
  explicit Threads(int count) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_ = at::get_num_threads();
};

class Meeting {
 public:
  void attend() {
    const std::lock_guard lock(mutex_);
    threads_.insert(std::this_thread::get_id());
  }
  std::size_t attended() const { return threads_.size(); }

 private:
  std::mutex mutex_;
  std::set<std::thread::id> threads_;
};

at::Tensor some_maps(std::int64_t channels, std::uint64_t seed) {
  return random({8, channels, 29, 31}, seed).contiguous(at::MemoryFormat::ChannelsLast);
}

Norm some_norm() {
  return {random({kChannels}, 1), random({kChannels}, 2).abs() + 0.5, random({kChannels}, 3) + 1,
          random({kChannels}, 4)};
}

// What the norms' loops compute, with so many threads.
std::vector<at::Tensor> norms(int count) {
  const Threads threads(count);
  const at::Tensor maps = some_maps(kChannels, 5), gradient = some_maps(kChannels, 6);
  const Norm norm = some_norm();
  const at::Tensor into = at::ones_like(maps);
  const Moments moments = cpu::channel_moments(maps);
  const NormGradient by = cpu::norm_relu_backward(gradient, maps, norm, into, Write::add);
  return {moments.mean,
          moments.variance,
          cpu::norm_relu(maps, norm),
          into,
          by.weight,
          by.bias,
          cpu::through_moments(gradient, maps, norm.mean, {norm.shift, norm.scale})};
}

std::vector<at::Tensor> pointwise(int count) {
  const Threads threads(count);
  const at::Tensor maps = some_maps(kChannels, 7), gradient = some_maps(kOut, 8);
  const at::Tensor weight = random({kOut, kChannels, 1, 1}, 9), into = at::ones_like(maps);
  const PointwiseGradient by = cpu::norm_relu_pointwise_backward(
      {gradient}, maps, some_norm(), weight, /*wants_weight=*/true, into, Products::native);
  return {cpu::norm_relu_pointwise(maps, some_norm(), weight, Products::native), into, by.weight,
          by.norm.weight, by.norm.bias};
}

}  // namespace

TEST_CASE("blocks and sums over them are shared among LibTorch's threads") {
  for (const int count : {1, 2}) {
    const Threads threads(count);
    Meeting blocks, sums;
    cpu::for_each_block(10000, kChannels, [&](std::int64_t, std::int64_t) { blocks.attend(); });
    cpu::sum_over_blocks(10000, kChannels, 1,
                         [&](std::int64_t, std::int64_t, double*) { sums.attend(); });
    CHECK(blocks.attended() == static_cast<std::size_t>(count));
    CHECK(sums.attended() == static_cast<std::size_t>(count));
  }
}

TEST_CASE("norms have the same bits with any number of threads") {
  const std::vector<at::Tensor> one = norms(1);
  for (const int count : {2, 3}) {
    const std::vector<at::Tensor> several = norms(count);
    for (std::size_t i = 0; i < one.size(); ++i) {
      CAPTURE(i);
      CHECK(at::equal(several[i], one[i]));
    }
  }
}

TEST_CASE("products of normed maps differ among numbers of threads by rounding alone") {
  const std::vector<at::Tensor> one = pointwise(1), two = pointwise(2);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CAPTURE(i);
    // sums of 7200 products of normal numbers: some 85, of which float keeps seven digits
    CHECK(at::allclose(two[i], one[i], 1e-5, 1e-4));
  }
}
