// Calls a function for 0..count-1 on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace radsweep::data {

// Indices are handed out in ascending order; returns when all calls have. When one throws, no
// further ones begin and the first exception is thrown here. `threads` <= 0: as many as this
// process may use processors (base/cpu_list.h). The function runs in several threads at once.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& call);

}  // namespace radsweep::data
