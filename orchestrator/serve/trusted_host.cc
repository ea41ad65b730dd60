#include "orchestrator/serve/trusted_host.h"

#include <arpa/inet.h>

#include <algorithm>

namespace radsweep::orchestrator {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_address(int family, const std::string& text) {
  in6_addr bytes;  // the larger of both
  return ::inet_pton(family, text.c_str(), &bytes) == 1;
}

}  // namespace

bool is_trusted_host(const std::string& host, const std::string& own_name) {
  std::string name = host;
  const auto colon = host.rfind(':');
  if (colon != host.npos && is_number(host.substr(colon + 1))) name = host.substr(0, colon);
  if (name.starts_with('[') && name.ends_with(']')) {
    return is_address(AF_INET6, name.substr(1, name.size() - 2));
  }
  if (is_address(AF_INET, name)) return true;
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name == "localhost" || (!own_name.empty() && name == own_name);
}

}  // namespace radsweep::orchestrator
