// Numbers as people write them: the shortest text that reads back as the same number.
#pragma once

#include <string>

namespace radsweep {

// 0.001, 30, 1e-5 (never 1e-05), 1e6.
std::string shortest_number(double value);

// "1e-5" of C's "1e-05", "1e6" of "1e+06"; a text without an exponent as it is.
std::string with_plain_exponent(const std::string& text);

}  // namespace radsweep
