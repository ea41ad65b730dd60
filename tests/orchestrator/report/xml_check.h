// A small check that a text is well-formed XML: tags close in order, attributes are quoted, text
// holds no stray '<' or '&'. Declarations and comments are not supported.
#pragma once

#include <string>
#include <string_view>

namespace radsweep::test {

// "" when well-formed, otherwise what is wrong and where.
std::string xml_problem(std::string_view text);

}  // namespace radsweep::test
