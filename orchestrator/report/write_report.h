// report.html: read the database, make the page, put it in place.
#pragma once

#include <filesystem>
#include <string>

#include "db/database.h"
#include "orchestrator/report/examples.h"

namespace radsweep::report {

// The page as of now, signed by this program.
std::string report_now(db::Database& database, const Examples& examples = {});

// Writes it atomically to `file`. Throws Error(environment) when the file cannot be written.
void write_report(db::Database& database, const std::filesystem::path& file,
                  const Examples& examples = {});

}  // namespace radsweep::report
