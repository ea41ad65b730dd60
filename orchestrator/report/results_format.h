// The results as documents, each complete and ended by '\n'. People's formats (text, markdown,
// latex) print AUC x 100 with two decimals and leave the variant out when no cell has one; csv
// and json carry full doubles of 0..1 and always the same members. All name the missing seeds.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/report/results_table.h"

namespace radsweep::report {

std::string results_as_text(const std::vector<Cell>& cells);
// csv and json end each cell with its seed ensemble (mean logit): number of seeds, AUC, and its
// 95 % interval over studies (DeLong), and with the missing runs that were pruned. The others say
// below the table what that does to its means.
//
// Header, then one line per cell; missing_seeds is a list separated by spaces; NULL is empty.
std::string results_as_csv(const std::vector<Cell>& cells);
// An array of objects; missing_seeds is an array; NULL is null.
std::string results_as_json(const std::vector<Cell>& cells);
std::string results_as_markdown(const std::vector<Cell>& cells);
// A table environment for booktabs.
std::string results_as_latex(const std::vector<Cell>& cells);

}  // namespace radsweep::report
