// NVIDIA's run-time compiler. Needs no GPU.
#pragma once

#include <string>

#include "worker/kernels/cuda/library.h"

namespace radsweep::kernels::cuda {

// A text that sources may include by this name.
struct Header {
  const char *name, *text;
};

// The machine code of a CUDA source for one kind of GPU, say "sm_61". `library` is or needs NVRTC.
// Multiply-adds are fused only where the source says fmaf. What the compiler refuses is an
// Error(internal) with its log: our sources compile.
std::string compile(const Library& library, const std::string& source, const Header& header,
                    const std::string& architecture);

}  // namespace radsweep::kernels::cuda
