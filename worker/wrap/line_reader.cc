#include "worker/wrap/line_reader.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace radsweep::wrap {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;

}  // namespace

bool LineReader::read(const std::function<void(const std::string&)>& take,
                      const std::function<void(const std::string&)>& too_long) {
  char bytes[65536];
  while (true) {
    const ssize_t got = ::read(descriptor_, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0;
    unread_.append(bytes, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = unread_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      take(unread_.substr(begin, end - begin));
    }
    unread_.erase(0, begin);
    if (unread_.size() > kLongestLine) too_long(std::exchange(unread_, {}));
  }
}

std::string LineReader::take_rest() {
  return std::exchange(unread_, {});
}

}  // namespace radsweep::wrap
