// The files page.mustache, own_page.mustache and page.css, carried inside the program.
#pragma once

namespace radsweep::report {

extern const char* const kPageTemplate;
extern const char* const kOwnPageTemplate;  // of a trainer of the user's
extern const char* const kPageStyle;

}  // namespace radsweep::report
