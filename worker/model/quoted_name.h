// Names out of files from elsewhere, as messages show them.
#pragma once

#include <string>
#include <string_view>

namespace radsweep::model {

// Quoted, short, without control characters.
std::string quoted_name(std::string_view name);

}  // namespace radsweep::model
