// The sentences of the report that depend on the numbers.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

// The AUC (0..1) chance alone would be expected to reach in this sweep: best of its epochs on its
// validation studies (see null_floor). 0.5 while the studies are not known.
double floor_of(const SweepRecord& record);

// What a reader must know to weigh the numbers: choice of the epoch and the floor of chance,
// sampling error of one AUC, what the spread over seeds covers, missing seeds.
std::vector<std::string> reading_notes(const SweepRecord& record);

// "6 of 30 runs have no result yet: 4 running, 2 failed. ..." or "" when all are done.
std::string incomplete_text(const SweepRecord& record);

// "the body’s convolutions are frozen up to epoch 0", or that nothing is.
std::string frozen_text(const SweepRecord& record);

}  // namespace radsweep::report
