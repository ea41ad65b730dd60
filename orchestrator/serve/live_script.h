// The file live.js, carried inside the program.
#pragma once

namespace radsweep::orchestrator {

extern const char* const kLiveScript;

}  // namespace radsweep::orchestrator
