#include "base/file_mode.h"

#include <sys/stat.h>

namespace radsweep {

void keep_strangers_from_writing() {
  const mode_t given = ::umask(S_IWOTH);
  ::umask(given | S_IWOTH);
}

}  // namespace radsweep
