#include "worker/train/rank_memory.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "worker/attempt/attempt_files.h"

namespace radsweep::train {
namespace {

using Clock = std::chrono::steady_clock;

Error unusable(int error_number) {
  return system_error("share memory between", "the ranks of a run", error_number);
}

std::size_t bytes_for(std::size_t control, int ranks) {
  return control + 2 * static_cast<std::size_t>(ranks) * RankMemory::kPartBytes;
}

// Waits ever longer: ranks that compute equally much meet within microseconds, but one that writes
// a checkpoint must not keep the others' processors busy.
class Pause {
 public:
  void wait() {
    ++looks_;
    if (looks_ < 64) return;
    if (looks_ < 256) {
      ::sched_yield();
      return;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(std::min(1000, 20 + looks_ - 256)));
  }

 private:
  int looks_ = 0;
};

template <typename T>
void sum_values(RankMemory& memory, std::span<T> values) {
  memory.exchange(std::as_bytes(values),
                  [&](int rank, std::size_t offset, std::span<const std::byte> bytes) {
                    T* to = values.data() + offset / sizeof(T);
                    if (rank == 0) {
                      std::memcpy(to, bytes.data(), bytes.size());
                      return;
                    }
                    const T* from = reinterpret_cast<const T*>(bytes.data());
                    for (std::size_t i = 0; i < bytes.size() / sizeof(T); ++i) to[i] += from[i];
                  });
}

}  // namespace

RankFailed::RankFailed(RankFailure failure)
    : Error(ExitCode::internal, "go on with", "the training",
            "rank " + std::to_string(failure.rank) + ": " + failure.text),
      failure_(std::move(failure)) {}

// At the start of the memory; what is handed over follows, twice: while one meeting's is read, the
// next one's is written.
struct RankMemory::Control {
  enum State : int { fine = 0, writing = 1, failed = 2 };
  struct alignas(64) Place {
    std::atomic<std::uint64_t> meetings;
    std::array<std::uint64_t, 2> bytes;  // whole length of what it hands over
  };
  int ranks;
  std::atomic<int> state;
  int failed_rank, exit_code;
  std::array<char, 32> error_class;
  std::array<char, 512> text;
  std::array<Place, kMostRanks> places;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<int>::is_always_lock_free);

RankMemory::RankMemory(int fd, int rank, int ranks, void* memory)
    : fd_(fd), rank_(rank), ranks_(ranks), control_(static_cast<Control*>(memory)) {}

RankMemory RankMemory::create(int ranks) {
  ensure(ranks >= 1 && ranks <= kMostRanks, "a run has 1 to 64 ranks");
  const std::size_t bytes = bytes_for(sizeof(Control), ranks);
  const int fd = ::memfd_create("radsweep ranks", MFD_CLOEXEC);
  if (fd < 0) throw unusable(errno);
  void* memory = MAP_FAILED;
  if (::ftruncate(fd, static_cast<off_t>(bytes)) == 0) {
    memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  if (memory == MAP_FAILED) {
    const int why = errno;
    ::close(fd);
    throw unusable(why);
  }
  RankMemory made(fd, 0, ranks, memory);  // zeros are what it starts from
  made.control_->ranks = ranks;
  return made;
}

RankMemory RankMemory::join(int descriptor, int rank) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw unusable(errno);
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  void* memory = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE,
                        MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) throw unusable(errno);
  const int ranks = static_cast<const Control*>(memory)->ranks;
  RankMemory joined(descriptor, rank, ranks, memory);
  ensure(rank > 0 && rank < ranks, "a rank joins that there is");
  return joined;
}

RankMemory::RankMemory(RankMemory&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      rank_(other.rank_),
      ranks_(other.ranks_),
      control_(std::exchange(other.control_, nullptr)),
      meetings_(other.meetings_),
      patience_s_(other.patience_s_) {}

RankMemory::~RankMemory() {
  if (control_) ::munmap(control_, bytes_for(sizeof(Control), ranks_));
  if (fd_ >= 0) ::close(fd_);
}

std::byte* RankMemory::part_of(int rank) const {
  const auto half = static_cast<std::size_t>(meetings_ % 2);
  const std::size_t index =
      half * static_cast<std::size_t>(ranks_) + static_cast<std::size_t>(rank);
  return reinterpret_cast<std::byte*>(control_) + sizeof(Control) + index * kPartBytes;
}

void RankMemory::refuse_if_failed() const {
  if (!failed()) return;
  throw RankFailed({control_->failed_rank, control_->error_class.data(), control_->exit_code,
                    control_->text.data()});
}

bool RankMemory::failed() const {
  return control_->state.load(std::memory_order_acquire) == Control::failed;
}

void RankMemory::fail(const RankFailure& failure) {
  int fine = Control::fine;
  if (!control_->state.compare_exchange_strong(fine, Control::writing)) return;
  control_->failed_rank = failure.rank;
  control_->exit_code = failure.exit_code;
  failure.error_class.copy(control_->error_class.data(), control_->error_class.size() - 1);
  failure.text.copy(control_->text.data(), control_->text.size() - 1);
  control_->state.store(Control::failed, std::memory_order_release);
}

void RankMemory::meet() {
  refuse_if_failed();
  control_->places[static_cast<std::size_t>(rank_)].meetings.store(meetings_,
                                                                   std::memory_order_release);
  const auto deadline = Clock::now() + std::chrono::duration<double>(patience_s_);
  for (int rank = 0; rank < ranks_; ++rank) {
    Pause pause;
    const auto& theirs = control_->places[static_cast<std::size_t>(rank)].meetings;
    while (theirs.load(std::memory_order_acquire) < meetings_) {
      refuse_if_failed();
      if (Clock::now() > deadline) {
        fail({rank, "bug", static_cast<int>(attempt::WorkerExit::failed),
              "it did not come to where the others waited for it for " +
                  std::to_string(static_cast<long>(patience_s_)) + " seconds"});
      }
      pause.wait();
    }
  }
}

void RankMemory::exchange(std::span<const std::byte> mine, const Use& use) {
  std::size_t offset = 0;
  do {
    const std::size_t size = std::min(kPartBytes, mine.size() - offset);
    ++meetings_;
    const auto half = static_cast<std::size_t>(meetings_ % 2);
    control_->places[static_cast<std::size_t>(rank_)].bytes[half] = mine.size();
    if (size > 0) std::memcpy(part_of(rank_), mine.data() + offset, size);
    meet();
    for (int rank = 0; rank < ranks_; ++rank) {
      ensure(control_->places[static_cast<std::size_t>(rank)].bytes[half] == mine.size(),
             "all ranks hand over equally much");
    }
    for (int rank = 0; rank < ranks_; ++rank) use(rank, offset, {part_of(rank), size});
    offset += size;
  } while (offset < mine.size());
}

void RankMemory::sum(std::span<float> values) {
  sum_values(*this, values);
}

void RankMemory::sum(std::span<double> values) {
  sum_values(*this, values);
}

void RankMemory::copy_of_first(std::span<std::byte> bytes) {
  exchange(bytes, [&](int rank, std::size_t offset, std::span<const std::byte> part) {
    if (rank == 0 && rank_ != 0) std::memcpy(bytes.data() + offset, part.data(), part.size());
  });
}

std::string RankMemory::of_first(const std::string& text) {
  std::uint64_t length = text.size();
  copy_of_first(std::as_writable_bytes(std::span(&length, 1)));
  std::string result = text;
  result.resize(length);
  copy_of_first(std::as_writable_bytes(std::span(result.data(), result.size())));
  return result;
}

bool RankMemory::of_first(bool value) {
  auto byte = static_cast<std::byte>(value ? 1 : 0);
  copy_of_first({&byte, 1});
  return byte != std::byte{0};
}

}  // namespace radsweep::train
