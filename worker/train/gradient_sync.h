// How the ranks of one training stay one training: they add up what each computed of its part of
// a batch. What is not of a tensor goes through memory that they share; where tensors lie decides
// how those are added up: on the CPU through the same memory (here), between GPUs through NCCL.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>

#include "worker/model/shared_batch.h"
#include "worker/train/rank_memory.h"

namespace radsweep::train {

// Of one rank; the training's thread. All ranks make the same calls in the same order. Every call
// throws RankFailed when another rank failed, is gone or does not come.
class GradientSync : public model::SharedBatch {
 public:
  explicit GradientSync(RankMemory& memory) : memory_(memory) {}  // borrowed

  int rank() const { return memory_.rank(); }
  int ranks() const { return memory_.ranks(); }
  bool leads() const { return rank() == 0; }  // writes the attempt's files, alone

  // What rank 0 calls it with.
  bool of_first(bool value) { return memory_.of_first(value); }
  std::string of_first(const std::string& text) { return memory_.of_first(text); }
  // values = rank 0's, to the bit.
  virtual void copy_of_first(at::Tensor values) = 0;

  // Before every batch: how many images the whole of it has.
  void begin_batch(std::int64_t views) { views_ = views; }
  std::int64_t views() const override { return views_; }

  // The sum of the ranks' values.
  double sum_of(double value);

  // values = their sum over all ranks, at the latest when finish_sums() returned; until then they
  // are left alone. Sums are formed in the order they were begun in.
  virtual void begin_sum(at::Tensor values) { sum(std::move(values)); }
  virtual void finish_sums() {}

 protected:
  RankMemory& memory() { return memory_; }

 private:
  RankMemory& memory_;
  std::int64_t views_ = 0;
};

// Of tensors on the CPU. Sums are formed in the order of ranks: the same bits every time.
class MemorySync : public GradientSync {
 public:
  using GradientSync::GradientSync;
  void sum(at::Tensor values) override;
  void copy_of_first(at::Tensor values) override;
};

}  // namespace radsweep::train
