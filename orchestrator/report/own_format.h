// The results of a program of the user's as documents, each complete and ended by '\n'. A column
// for every axis; people's formats print four significant digits, csv and json full doubles.
#pragma once

#include <string>

#include "orchestrator/report/own_results.h"

namespace radsweep::report {

std::string results_as_text(const OwnResults& results);
std::string results_as_markdown(const OwnResults& results);
// A table environment for booktabs.
std::string results_as_latex(const OwnResults& results);
// Header, then one line per cell; an axis is the column params.NAME; NULL is empty.
std::string results_as_csv(const OwnResults& results);
// An array of objects; the axes are the member params; NULL is null.
std::string results_as_json(const OwnResults& results);

}  // namespace radsweep::report
