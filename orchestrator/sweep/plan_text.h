// Amounts in words, as the plan prints them.
#pragma once

#include <string>

namespace radsweep::orchestrator {

// "512 B", "1.5 KiB", "23.9 GiB".
std::string bytes_in_words(double bytes);
// "12 s", "3 min", "1.5 h", "2.1 days".
std::string seconds_in_words(double seconds);

}  // namespace radsweep::orchestrator
