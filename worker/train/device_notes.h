// What of a run's settings its device cannot make good.
#pragma once

#include <string>
#include <vector>

#include "worker/attempt/spec.h"
#include "worker/train/device.h"

namespace radsweep::train {

// A line each, for people. The run trains all the same.
std::vector<std::string> device_notes(const attempt::Spec& spec, const ComputeDevice& device);

}  // namespace radsweep::train
