// A library for LD_PRELOAD in whose process the wall clock is wrong by as many seconds as the file
// named in the environment variable RADSWEEP_CLOCK says: read at every look at the clock, so that
// the clock jumps when the file changes. Without the file the clock is right.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace {

long offset_s() {
  const int saved = errno;
  const char* path = std::getenv("RADSWEEP_CLOCK");
  const int fd = path ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
  char text[32] = {};
  if (fd >= 0) {
    if (::read(fd, text, sizeof text - 1) < 0) text[0] = 0;
    ::close(fd);
  }
  errno = saved;
  return std::atol(text);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long failure = ::syscall(SYS_clock_gettime, clock, now);
  const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (failure == 0 && wall) now->tv_sec += offset_s();
  return static_cast<int>(failure);
}

int gettimeofday(timeval* __restrict now, void* __restrict) noexcept {
  timespec exact{};
  const int failure = ::clock_gettime(CLOCK_REALTIME, &exact);
  *now = {exact.tv_sec, exact.tv_nsec / 1000};
  return failure;
}

time_t time(time_t* now) noexcept {
  timespec exact{};
  ::clock_gettime(CLOCK_REALTIME, &exact);
  if (now) *now = exact.tv_sec;
  return exact.tv_sec;
}

}  // extern "C"
