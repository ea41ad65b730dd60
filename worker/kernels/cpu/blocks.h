// Rows in blocks that fit into a core's own cache, and sums over them in an order that depends on
// the shape alone, not on the number of threads.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace radsweep::kernels::cpu {

// 128 KiB of floats: several arrays of that size share a second-level cache.
inline std::int64_t rows_per_block(std::int64_t channels) {
  return std::clamp<std::int64_t>(32768 / channels, 16, 256);
}

template <typename Action>  // action(first row, rows) on several threads
void for_each_block(std::int64_t rows, std::int64_t channels, Action&& action) {
  const std::int64_t size = rows_per_block(channels), blocks = (rows + size - 1) / size;
  at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      action(block * size, std::min(size, rows - block * size));
    }
  });
}

// Sums of `width` values over all blocks: action(first row, rows, totals) adds those of a block.
template <typename Action>
std::vector<double> sum_over_blocks(std::int64_t rows, std::int64_t channels, std::int64_t width,
                                    Action&& action) {
  const std::int64_t size = rows_per_block(channels), blocks = (rows + size - 1) / size;
  const std::int64_t group_size = std::clamp<std::int64_t>(blocks / 32, 1, 16);
  const std::int64_t groups = (blocks + group_size - 1) / group_size;
  std::vector<double> totals(static_cast<std::size_t>(groups * width));
  at::parallel_for(0, groups, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t group = begin; group < end; ++group) {
      const std::int64_t last = std::min((group + 1) * group_size, blocks);
      for (std::int64_t block = group * group_size; block < last; ++block) {
        action(block * size, std::min(size, rows - block * size), totals.data() + group * width);
      }
    }
  });
  for (std::int64_t group = 1; group < groups; ++group) {
    for (std::int64_t i = 0; i < width; ++i) {
      totals[static_cast<std::size_t>(i)] += totals[static_cast<std::size_t>(group * width + i)];
    }
  }
  totals.resize(static_cast<std::size_t>(width));
  return totals;
}

}  // namespace radsweep::kernels::cpu
