// Memory that the processes of one training on several ranks share: where they meet, hand each
// other numbers, and tell of a failure. A file without a name: it is gone with the last of them.
// No locks: a process may die at any instruction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/error.h"
#include "worker/attempt/spec.h"

namespace radsweep::train {

// What made one rank give up, in the words of its attempt's result.
struct RankFailure {
  int rank = 0;
  std::string error_class;
  int exit_code = 0;
  std::string text;  // one line; long ones are cut
};

// Thrown on every other rank: the training cannot go on.
class RankFailed : public Error {
 public:
  explicit RankFailed(RankFailure failure);
  const RankFailure& failure() const { return failure_; }

 private:
  RankFailure failure_;
};

// Of one rank. One thread, but for fail().
class RankMemory {
 public:
  static constexpr int kMostRanks = attempt::kMostRanks;
  static constexpr std::size_t kPartBytes = std::size_t{1} << 20;  // of what is handed over at once
  static constexpr double kPatience_s = 1800;

  // As rank 0 of `ranks`. Throws Error(environment) when there is no memory.
  static RankMemory create(int ranks);
  // As another rank, from rank 0's descriptor, which it takes over.
  static RankMemory join(int descriptor, int rank);

  RankMemory(RankMemory&& other) noexcept;
  RankMemory& operator=(RankMemory&&) = delete;
  ~RankMemory();

  int rank() const { return rank_; }
  int ranks() const { return ranks_; }
  // For handing it to another rank's process. Close-on-exec is set.
  int descriptor() const { return fd_; }
  // How long the others are waited for; a dead one is told of by fail() long before.
  void set_patience(double seconds) { patience_s_ = seconds; }

  // All ranks call it, with equally many bytes, and wait for each other. `use` then sees every
  // rank's, in the order of ranks: (rank, offset of this part, its bytes). What was handed in may
  // be written to by `use`. Throws RankFailed when a rank failed or did not come; then no rank gets
  // through this call, or a later one, any more. Throws Error(internal) when they disagree on what
  // they are doing.
  using Use = std::function<void(int rank, std::size_t offset, std::span<const std::byte> bytes)>;
  void exchange(std::span<const std::byte> mine, const Use& use);

  // values = their sum over all ranks, added in the order of ranks: the same bits everywhere.
  void sum(std::span<float> values);
  void sum(std::span<double> values);
  // What rank 0 calls it with.
  void copy_of_first(std::span<std::byte> bytes);
  std::string of_first(const std::string& text);
  bool of_first(bool value);

  // The first failure stays. Any thread.
  void fail(const RankFailure& failure);
  bool failed() const;

 private:
  struct Control;
  RankMemory(int fd, int rank, int ranks, void* memory);
  void meet();
  std::byte* part_of(int rank) const;
  void refuse_if_failed() const;

  int fd_;
  int rank_, ranks_;
  Control* control_;
  std::uint64_t meetings_ = 0;
  double patience_s_ = kPatience_s;
};

}  // namespace radsweep::train
