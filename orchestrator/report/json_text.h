// Single values of a JSON document as people read them.
#pragma once

#include <string>

#include "base/shortest_number.h"

namespace radsweep::report {

// A text without its quotes, a number as in the names of runs ("1e-5"). Json: any of nlohmann's.
template <typename Json>
std::string spelled(const Json& value) {
  if (value.is_string()) return value.template get<std::string>();
  return value.is_number_float() ? shortest_number(value.template get<double>()) : value.dump();
}

}  // namespace radsweep::report
