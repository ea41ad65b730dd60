#include "orchestrator/progress/patient_output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace radsweep::orchestrator {
namespace {

constexpr std::size_t kLargestRest = 256 * 1024;
// What a terminal or pipe that poll(2) calls writable surely takes without waiting: a Linux
// terminal wakes writers with 256 bytes free, a pipe with 4096.
constexpr std::size_t kSureBytes = 256;
constexpr int kFarewellMs = 1000;

}  // namespace

PatientOutput::~PatientOutput() {
  flush(kFarewellMs);
}

void PatientOutput::write(std::string_view text) {
  if (gone_) return;
  if (rest_.size() + text.size() <= kLargestRest) rest_ += text;
  flush(0);
}

bool PatientOutput::behind() {
  flush(0);
  return !rest_.empty();
}

void PatientOutput::flush(int wait_ms) {
  std::size_t written = 0;
  while (!gone_ && written < rest_.size()) {
    pollfd ready{fd_, POLLOUT, 0};
    const int count = ::poll(&ready, 1, wait_ms);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    const ssize_t taken =
        ::write(fd_, rest_.data() + written, std::min(kSureBytes, rest_.size() - written));
    if (taken > 0) {
      written += static_cast<std::size_t>(taken);
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      gone_ = true;
    }
  }
  rest_.erase(0, gone_ ? std::string::npos : written);
}

}  // namespace radsweep::orchestrator
