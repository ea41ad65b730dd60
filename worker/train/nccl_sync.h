// Sums of tensors between GPUs of one machine, by raw NCCL. Never ran on a GPU so far: a test holds
// its calls to NCCL's interface as a stand-in for the library implements it.
//
// The program is built without NCCL: its functions are looked up at run time in the libnccl that
// LibTorch's CUDA half brings. The ranks tell each other NCCL's id through the memory they share.
// A sum that is needed at once is on the device's default stream, where LibTorch computes, and so
// ordered without waiting; sums that were only begun are on a stream beside it, while the backward
// pass goes on. One communicator for both: NCCL keeps its calls in order over streams.
#pragma once

#include <memory>
#include <string>

#include "worker/train/gradient_sync.h"
#include "worker/train/side_stream.h"

namespace radsweep::train {

class NcclSync : public GradientSync {
 public:
  static constexpr const char* kLibrary = "libnccl.so.2";

  // All ranks at the same time, each with its GPU as the current device. Throws Error(environment)
  // when the library cannot be used, c10::Error ("NCCL error ...") when NCCL refuses, as every
  // later call does.
  NcclSync(RankMemory& memory, std::unique_ptr<SideStream> side,
           const std::string& library = kLibrary);
  // While another rank may still be in a sum it would wait for ever: aborts that.
  ~NcclSync() override;
  NcclSync(const NcclSync&) = delete;
  NcclSync& operator=(const NcclSync&) = delete;

  void sum(at::Tensor values) override;
  void begin_sum(at::Tensor values) override;
  void finish_sums() override;
  void copy_of_first(at::Tensor values) override;

 private:
  class Communicator;
  std::unique_ptr<SideStream> side_;
  std::unique_ptr<Communicator> communicator_;
};

}  // namespace radsweep::train
