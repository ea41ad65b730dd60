// The report's figures as SVG files of their own, for papers and slides.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/report/own_results.h"
#include "orchestrator/report/svg_chart.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

// An SVG document with its style inside: the page's charts in the colours of paper, no variables,
// so that Inkscape, LaTeX and rsvg-convert draw it as browsers do.
std::string standalone_svg(const Chart& chart);

// Writes auc.svg and, a panel a file, roc-, auc-, loss- and learning-rate-<panel>.svg into
// `folder`, which is made. Returns their names in that order. Throws Error(environment).
std::vector<std::string> write_figures(const SweepRecord& record,
                                       const std::filesystem::path& folder);

// The same for a trainer of the user's: <metric>-by-<axis>.svg and <metric>-<cell>.svg.
std::vector<std::string> write_figures(const OwnResults& results,
                                       const std::filesystem::path& folder);

}  // namespace radsweep::report
