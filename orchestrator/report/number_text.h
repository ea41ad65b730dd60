// Numbers as text, the same under every locale.
#pragma once

#include <cstdint>
#include <string>

namespace radsweep::report {

// What people see where there is no number.
inline constexpr const char* kNothing = "–";

// `digits` after the point, rounded; never "-0.00".
std::string fixed(double value, int digits);
// So many significant digits, for values of any size: "0.01235", "12.35", "1.235e6".
std::string significant(double value, int digits);
// An AUC of 0..1 as the paper prints it: times 100, two decimals.
std::string points(double auc);
// The same with its sign, for differences: "+1.63".
std::string signed_points(double difference);
// "42 s", "3 min 07 s", "4 h 12 min", "2 d 03 h". Negative times count as 0.
std::string duration_text(double seconds);
// "2024-05-17 13:05 UTC" of milliseconds of the Unix epoch.
std::string utc_text(std::int64_t unix_ms);

}  // namespace radsweep::report
