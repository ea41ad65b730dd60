// The runs of a sweep whose trainer is a program of the user's.
#pragma once

#include <vector>

#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/run_name.h"

namespace radsweep::orchestrator {

// One run for each of `combinations`, in their order: nothing is known of their cost. Throws
// nothing: the file was checked.
std::vector<PlannedRun> expand_own(const Sweep& sweep, const std::vector<AxisValues>& combinations);

// What {NAME} of an argument names, in order of appearance. {{NAME}} is the text {NAME}; braces
// around anything but letters, digits and '_' are text as well.
std::vector<std::string> placeholders_of(const std::string& argument);
// The argument with every placeholder replaced by its axis' value.
std::string filled_in(const std::string& argument, const AxisValues& values);

// What such a run has in the columns of the radiographs' axes.
inline constexpr const char* kOwnArchitecture = "own";
inline constexpr int kOwnResolution = 1;

}  // namespace radsweep::orchestrator
