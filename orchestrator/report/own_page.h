// The report of a sweep whose trainer is a program of the user's: the same kind of page, with any
// axes and in the objective's unit.
#pragma once

#include <string>

#include "orchestrator/report/html_page.h"
#include "orchestrator/report/own_results.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

// The same record, results and origin give the same bytes. Foreign text is escaped.
std::string own_page(const SweepRecord& record, const OwnResults& results,
                     const PageOrigin& origin);

}  // namespace radsweep::report
