// The files page.mustache and page.css, carried inside the program.
#pragma once

namespace radsweep::report {

extern const char* const kPageTemplate;
extern const char* const kPageStyle;

}  // namespace radsweep::report
