// Enough of CUDA C++ to compile kernels as C++ and to run them: blocks one after the other, the
// threads of a block as coroutines that change at barriers. To be included before the kernels, in
// one file of a program. A missing barrier shows in one of the two orders of threads.
#pragma once

#include <ucontext.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#define __global__
#define __device__
#define __shared__ static  // blocks do not overlap
using std::fmaf;

struct Dim3 {
  unsigned x, y;
};
inline Dim3 threadIdx, blockIdx, gridDim;

namespace cuda_on_cpu {

enum class Order { ascending, descending };  // of threads, and of blocks

class Block {
 public:
  Block(const std::function<void()>& kernel, Dim3 size, Order order)
      : kernel_(kernel), size_(size), order_(order), threads_(std::size_t{size.x} * size.y) {
    for (Thread& thread : threads_) thread.stack.resize(std::size_t{32} * 1024);
  }

  // Block blockIdx.
  void run() {
    current_ = this;
    for (Thread& thread : threads_) {
      thread.finished = false;
      ::getcontext(&thread.context);
      thread.context.uc_stack.ss_sp = thread.stack.data();
      thread.context.uc_stack.ss_size = thread.stack.size();
      thread.context.uc_link = &scheduler_;
      ::makecontext(&thread.context, enter, 0);
    }
    std::size_t finished = 0;
    while (finished == 0) finished = to_next_barrier();
    if (finished == threads_.size()) return;
    std::fputs("a barrier that some threads of a block do not reach\n", stderr);
    std::abort();
  }

  static void wait() {
    Block& block = *current_;
    ::swapcontext(&block.threads_[block.running_].context, &block.scheduler_);
  }

 private:
  struct Thread {
    ucontext_t context{};
    std::vector<char> stack;
    bool finished = false;
  };

  static void enter() {
    current_->kernel_();
    current_->threads_[current_->running_].finished = true;
  }

  std::size_t to_next_barrier() {
    std::size_t finished = 0;
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      running_ = order_ == Order::ascending ? i : threads_.size() - 1 - i;
      threadIdx = {static_cast<unsigned>(running_) % size_.x,
                   static_cast<unsigned>(running_) / size_.x};
      ::swapcontext(&scheduler_, &threads_[running_].context);
      finished += threads_[running_].finished;
    }
    return finished;
  }

  static inline Block* current_;
  const std::function<void()>& kernel_;
  Dim3 size_;
  Order order_;
  std::vector<Thread> threads_;
  std::size_t running_ = 0;
  ucontext_t scheduler_{};
};

inline void run(const std::function<void()>& kernel, Dim3 grid, Dim3 block, Order order) {
  gridDim = grid;
  const unsigned blocks = grid.x * grid.y;
  Block threads(kernel, block, order);
  for (unsigned i = 0; i < blocks; ++i) {
    const unsigned number = order == Order::ascending ? i : blocks - 1 - i;
    blockIdx = {number % grid.x, number / grid.x};
    threads.run();
  }
}

}  // namespace cuda_on_cpu

inline void __syncthreads() {
  cuda_on_cpu::Block::wait();
}
