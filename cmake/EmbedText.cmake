# embed_text(FILE HEADER NAMESPACE NAME): a header with the text of FILE as a constant, so that the
# program needs no file at run time. Configures again when FILE changes.
function(embed_text file header namespace name)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  file(CONFIGURE OUTPUT ${header} @ONLY CONTENT "// Written by the build.
#pragma once

namespace @namespace@ {
inline constexpr const char* @name@ = R\"text(@text@)text\";
}  // namespace @namespace@
")
endfunction()
