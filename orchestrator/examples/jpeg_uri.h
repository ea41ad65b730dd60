// A grey picture inside a page.
#pragma once

#include <string>

namespace radsweep::orchestrator {

// "data:image/jpeg;base64,..." of `side` rows of `side` grey values.
std::string jpeg_uri(const std::string& pixels, int side);

}  // namespace radsweep::orchestrator
