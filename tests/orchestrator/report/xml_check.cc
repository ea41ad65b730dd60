#include "tests/orchestrator/report/xml_check.h"

#include <regex>
#include <vector>

namespace radsweep::test {
namespace {

bool good_text(const std::string& text) {
  static const std::regex kText("([^<&]|&(amp|lt|gt|quot|#39);)*");
  return std::regex_match(text, kText);
}

}  // namespace

std::string xml_problem(std::string_view text) {
  static const std::regex kTag(R"re(/?([A-Za-z][\w-]*)(( [\w:-]+="[^"<]*")*) ?/?)re");
  std::vector<std::string> open;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t tag = text.find('<', at);
    const std::string between(text.substr(at, tag - at));
    if (!good_text(between)) return "bad text: " + between;
    if (tag == std::string_view::npos) break;
    const std::size_t end = text.find('>', tag);
    if (end == std::string_view::npos) return "a tag does not end";
    const std::string inside(text.substr(tag + 1, end - tag - 1));
    std::smatch match;
    if (!std::regex_match(inside, match, kTag)) return "bad tag: " + inside;
    if (!good_text(match[2])) return "bad attribute: " + inside;
    if (inside.front() == '/') {
      if (open.empty() || open.back() != match[1]) return "closes what is not open: " + inside;
      open.pop_back();
    } else if (inside.back() != '/') {
      open.push_back(match[1]);
    }
    at = end + 1;
  }
  return open.empty() ? "" : "never closed: " + open.back();
}

}  // namespace radsweep::test
