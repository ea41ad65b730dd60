// adam.h for floats on a CPU that multiplies and adds in one instruction, as ATen's operators do
// there.
#pragma once

#include "worker/kernels/adam.h"

namespace radsweep::kernels::cpu {

bool handles(const AdamMove& move);

void adam_step(const std::vector<AdamMove>& moves, const AdamConstants& constants);

}  // namespace radsweep::kernels::cpu
