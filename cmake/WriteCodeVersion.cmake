# Script mode: writes OUTPUT when its content changes.
execute_process(COMMAND git describe --always --dirty --exclude=*
                WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE commit ERROR_QUIET
                OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT commit)
  set(commit "unknown")
endif()
set(text "// Written by the build.\n#pragma once\n
namespace radsweep {
inline constexpr const char* kVersion = \"${VERSION}\";
inline constexpr const char* kCodeVersion = \"${VERSION} (${commit})\";
}  // namespace radsweep\n")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
