// Untyped SQL rows as documents, for `radsweep sql`. NULL is an empty CSV field, JSON null and
// an empty cell; doubles are printed in full.
#pragma once

#include <string>

#include "db/query.h"

namespace radsweep::report {

std::string rows_as_text(const db::Table& table);
std::string rows_as_csv(const db::Table& table);
// An array of objects in column order; a repeated column name gets "_2", "_3", ...
std::string rows_as_json(const db::Table& table);

}  // namespace radsweep::report
