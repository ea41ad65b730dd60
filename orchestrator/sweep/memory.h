// How much device memory a run will need, before anything was measured.
#pragma once

#include "worker/attempt/architecture.h"
#include "worker/attempt/recipe.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

// Predicted peak bytes of one training process:
//   16 x parameters                           weights, gradients, Adam's two moments (4 B each)
// + 1.1 x (fused_)activation_bytes x images   what autograd keeps, by the recipe's kernels
//                                             (measured: < 3 % off), and a tenth for workspaces;
//                                             0.65 of it for precision: bf16, whose maps take
//                                             half, but gradients are summed in float32 (measured:
//                                             8.6 MiB an image instead of 14.0, fused kernels,
//                                             densenet121 at 160 px)
// + 0.5 GiB                                   CUDA context and libraries
// With cuda_graphs what autograd keeps counts twice, as recorded passes have memory of their own,
// and gradients three times, in it and where it leaves them. What the driver keeps of each
// recording is not counted. The tenth, the half GiB and the twice are planning margins, not
// measurements.
double predicted_memory_bytes(const attempt::Spec& spec);

// What one run leaves in its folder: last.ckpt and prev.ckpt hold weights and Adam's two moments,
// best.safetensors weights, all fp32 (batch norm statistics are below 2 % of them).
double checkpoint_bytes(const attempt::Architecture& architecture, const attempt::Recipe& recipe);

}  // namespace radsweep::orchestrator
