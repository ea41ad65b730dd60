// A sweep in words: counts, one line that says where it stands.
#pragma once

#include <string>

#include "orchestrator/progress.h"

namespace radsweep::orchestrator {

// "12 of 30 done, 5 running, 12 pending, 1 failed": the database's words; what is zero is left out,
// but "done" is not.
std::string counts_text(const db::StateCounts& counts);

// 0..1: ended runs, and running ones by the share of their steps.
double done_fraction(const SweepView& view);

// "chexpert: 12 of 30 done, 5 running, 13 pending, 41 %, about 4 h 12 min left".
std::string status_line(const SweepView& view);

}  // namespace radsweep::orchestrator
