// The worker of an attempt that a program of the user's trains. It keeps the protocol of the
// attempt's folder for the program: lock, beats, events and the sealed result.
#pragma once

#include <filesystem>

namespace radsweep::wrap {

// Runs the spec's trainer to its end. Ends as the program does: the returned exit code is the
// program's, and a signal that killed it kills this process too, so that whoever watches judges it
// like any worker. Code 0 comes with a sealed result, or with one that says what is missing; of
// 75 (continue me) and of failures there is no result to seal. SIGTERM is left to the program, who
// gets it with the group.
// Throws Error when the attempt cannot be worked on at all.
int wrap(const std::filesystem::path& attempt_folder);

}  // namespace radsweep::wrap
