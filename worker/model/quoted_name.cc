#include "worker/model/quoted_name.h"

namespace radsweep::model {

std::string quoted_name(std::string_view name) {
  constexpr std::size_t kLongest = 80;  // densenet's longest name has 60
  std::string text = "'";
  for (const char c : name.substr(0, kLongest)) text += c >= ' ' && c <= '~' ? c : '?';
  return text + (name.size() > kLongest ? "...'" : "'");
}

}  // namespace radsweep::model
