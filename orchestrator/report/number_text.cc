#include "orchestrator/report/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/shortest_number.h"

namespace radsweep::report {
namespace {

std::string two_digits(long value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

}  // namespace

std::string fixed(double value, int digits) {
  std::array<char, 400> text{};  // 309 digits before the point at most
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits)
          .ptr;
  std::string result(text.data(), end);
  if (result.front() == '-' && result.find_first_of("123456789in") == std::string::npos) {
    result.erase(0, 1);
  }
  return result;
}

std::string significant(double value, int digits) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::general, digits)
                       .ptr;
  return with_plain_exponent(std::string(text.data(), end));
}

std::string points(double auc) {
  return fixed(100 * auc, 2);
}

std::string signed_points(double difference) {
  const std::string text = points(difference);
  return text.front() == '-' ? text : "+" + text;
}

std::string duration_text(double seconds) {
  const double kept = std::isfinite(seconds) ? std::clamp(seconds, 0.0, 1e12) : 0.0;
  const long total = std::lround(kept);
  const long minutes = total / 60, hours = total / 3600, days = total / 86400;
  if (total < 60) return std::to_string(total) + " s";
  if (hours == 0) return std::to_string(minutes) + " min " + two_digits(total % 60) + " s";
  if (days == 0) return std::to_string(hours) + " h " + two_digits(minutes % 60) + " min";
  return std::to_string(days) + " d " + two_digits(hours % 24) + " h";
}

std::string utc_text(std::int64_t unix_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> when{milliseconds(unix_ms)};
  const auto day = floor<days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{floor<minutes>(when - day)};
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day())) + " " + two_digits(time.hours().count()) +
         ":" + two_digits(time.minutes().count()) + " UTC";
}

}  // namespace radsweep::report
