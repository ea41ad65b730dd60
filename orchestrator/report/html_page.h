// The report: one HTML file that needs no network, no script and no other file.
#pragma once

#include <cstdint>
#include <string>

#include "orchestrator/report/examples.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

struct PageOrigin {
  std::string program;          // "radsweep 0.1.0 (1a2b3c)"
  std::int64_t written_ms = 0;  // Unix epoch
};

// The same arguments give the same bytes. Foreign text is escaped.
std::string html_page(const SweepRecord& record, const PageOrigin& origin,
                      const Examples& examples = {});

}  // namespace radsweep::report
