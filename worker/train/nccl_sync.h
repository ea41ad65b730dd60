// Sums of tensors between GPUs of one machine, by raw NCCL. Never ran on a GPU so far: a test holds
// its calls to NCCL's interface as a stand-in for the library implements it.
//
// The program is built without NCCL: its functions are looked up at run time in the libnccl that
// LibTorch's CUDA half brings. The ranks tell each other NCCL's id through the memory they share.
// All work is on the device's default stream, where LibTorch computes: it is ordered without
// waiting, and not overlapped with the backward pass.
#pragma once

#include <memory>
#include <string>

#include "worker/train/gradient_sync.h"

namespace radsweep::train {

class NcclSync : public GradientSync {
 public:
  static constexpr const char* kLibrary = "libnccl.so.2";

  // All ranks at the same time, each with its GPU as the current device. Throws Error(environment)
  // when the library cannot be used, c10::Error ("NCCL error ...") when NCCL refuses, as every
  // later call does.
  explicit NcclSync(RankMemory& memory, const std::string& library = kLibrary);
  // While another rank may still be in a sum it would wait for ever: aborts that.
  ~NcclSync() override;
  NcclSync(const NcclSync&) = delete;
  NcclSync& operator=(const NcclSync&) = delete;

  void sum(at::Tensor values) override;
  void copy_of_first(at::Tensor values) override;

 private:
  class Communicator;
  std::unique_ptr<Communicator> communicator_;
};

}  // namespace radsweep::train
