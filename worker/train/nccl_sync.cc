#include "worker/train/nccl_sync.h"

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "base/error.h"

namespace radsweep::train {
namespace {

// What of nccl.h is used; these have not changed since NCCL 2.0.
struct Id {
  std::array<char, 128> bytes;
};
enum DataType : int { kBytes = 1, kFloat32 = 7, kFloat64 = 8 };
constexpr int kSum = 0, kSuccess = 0, kInProgress = 7;
using Comm = void*;
using Stream = void*;
constexpr Stream kDefaultStream = nullptr;

void* open_library(const std::string& name) {
  if (void* handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_GLOBAL)) return handle;
  throw Error(ExitCode::environment, "load", name, ::dlerror(),
              "LibTorch's CUDA profiles bring it; ./dev setup on the GPU machine");
}

}  // namespace

class NcclSync::Communicator {
 public:
  Communicator(RankMemory& memory, const std::string& library)
      : library_(open_library(library)),
        error_text_(function<const char*(int)>("ncclGetErrorString")),
        all_reduce_(function<int(const void*, void*, std::size_t, int, int, Comm, Stream)>(
            "ncclAllReduce")),
        broadcast_(function<int(const void*, void*, std::size_t, int, int, Comm, Stream)>(
            "ncclBroadcast")),
        abort_(function<int(Comm)>("ncclCommAbort")) {
    Id id{};
    if (memory.rank() == 0) check(function<int(Id*)>("ncclGetUniqueId")(&id), "ncclGetUniqueId");
    memory.copy_of_first(std::as_writable_bytes(std::span(id.bytes)));
    check(function<int(Comm*, int, Id, int)>("ncclCommInitRank")(&comm_, memory.ranks(), id,
                                                                 memory.rank()),
          "ncclCommInitRank");
    guard_ = std::jthread([this, &memory](const std::stop_token& stop) { guard(memory, stop); });
  }
  ~Communicator() {
    guard_.request_stop();
    guard_.join();
    abort();
  }
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  void sum(const at::Tensor& values, Stream stream) {
    ensure(values.is_contiguous(), "ranks sum contiguous tensors");
    ensure(values.scalar_type() == at::kFloat || values.scalar_type() == at::kDouble,
           "ranks sum floats or doubles");
    void* data = values.mutable_data_ptr();
    const auto count = static_cast<std::size_t>(values.numel());
    const DataType type = values.scalar_type() == at::kDouble ? kFloat64 : kFloat32;
    check(all_reduce_(data, data, count, type, kSum, comm_, stream), "ncclAllReduce");
  }
  void broadcast(void* bytes, std::size_t count) {
    check(broadcast_(bytes, bytes, count, kBytes, /*root=*/0, comm_, kDefaultStream),
          "ncclBroadcast");
  }

 private:
  template <typename Signature>
  Signature* function(const char* name) const {
    void* symbol = ::dlsym(library_, name);
    if (!symbol) throw Error(ExitCode::environment, "find", name, "libnccl does not have it");
    return reinterpret_cast<Signature*>(symbol);
  }

  void check(int status, const char* call) const {
    TORCH_CHECK(status == kSuccess || status == kInProgress, "NCCL error: ", call, ": ",
                error_text_(status));
  }

  // A rank that failed will not come to the sum that this one's GPU is waiting in.
  void guard(const RankMemory& memory, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (memory.failed()) {
        abort();
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  void abort() {
    if (comm_ && !aborted_.exchange(true)) abort_(comm_);
  }

  void* library_;  // stays loaded to the end of the process
  const char* (*error_text_)(int);
  int (*all_reduce_)(const void*, void*, std::size_t, int, int, Comm, Stream);
  int (*broadcast_)(const void*, void*, std::size_t, int, int, Comm, Stream);
  int (*abort_)(Comm);
  Comm comm_ = nullptr;
  std::atomic<bool> aborted_ = false;
  std::jthread guard_;
};

NcclSync::NcclSync(RankMemory& memory, std::unique_ptr<SideStream> side, const std::string& library)
    : GradientSync(memory),
      side_(std::move(side)),
      communicator_(std::make_unique<Communicator>(memory, library)) {}

NcclSync::~NcclSync() = default;

void NcclSync::sum(at::Tensor values) {
  communicator_->sum(values, kDefaultStream);
}

void NcclSync::begin_sum(at::Tensor values) {
  side_->follow();
  communicator_->sum(values, side_->handle());
}

void NcclSync::finish_sums() {
  side_->join();
}

void NcclSync::copy_of_first(at::Tensor values) {
  const at::NoGradGuard no_grad;
  const at::Tensor copy = values.contiguous();
  communicator_->broadcast(copy.mutable_data_ptr(), copy.nbytes());
  if (!copy.is_same(values)) values.copy_(copy);
}

}  // namespace radsweep::train
