// `run --detach`: the sweep goes on in a process of its own that no terminal can end.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

namespace radsweep::orchestrator {

// Forks a grandchild in a session of its own, stdin /dev/null, stdout and stderr appended to
// `log`. In the parent: returns the grandchild's pid once `named` ran there without throwing. In
// the grandchild: runs `named`, returns nullopt. Call before threads and databases exist.
// Throws Error(environment).
std::optional<int> detach(const std::filesystem::path& log, const std::function<void()>& named);

}  // namespace radsweep::orchestrator
