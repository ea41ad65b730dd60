// Whole lines out of a pipe that several processes may write to.
#pragma once

#include <functional>
#include <string>

namespace radsweep::wrap {

class LineReader {
 public:
  // Of a descriptor that does not block; the caller closes it.
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}

  // Takes all that is there and calls `take` with every line that is complete, without its end. A
  // line that grows past 1 MiB is given to `too_long` as far as it came. False when nobody can
  // write any more.
  bool read(const std::function<void(const std::string&)>& take,
            const std::function<void(const std::string&)>& too_long);
  // What was written without the end of a line; empties it.
  std::string take_rest();

 private:
  int descriptor_;
  std::string unread_;
};

}  // namespace radsweep::wrap
