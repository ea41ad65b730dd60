// The CUDA sources of this folder, which the program carries as text.
#pragma once

#include <string>

#include "worker/kernels/cuda/library.h"

namespace radsweep::kernels::cuda {

// All kernels as machine code for one kind of GPU: see compile().
std::string compile_kernels(const Library& library, const std::string& architecture);

}  // namespace radsweep::kernels::cuda
