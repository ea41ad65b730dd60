// What makes a worker's measurements unstorable. Checksums show that they arrived as written, not
// that they make sense: what the schema would refuse is found here first.
#pragma once

#include <string>
#include <vector>

#include "worker/attempt/result.h"

namespace radsweep::orchestrator {

// Each: what is wrong with it, in one line; "" when the record can take it.
std::string flaw_of(const attempt::EpochRecord& record);
std::string flaw_of(const std::vector<attempt::Prediction>& predictions);
// All of a done run's result.
std::string flaw_of(const attempt::Result& result);

}  // namespace radsweep::orchestrator
