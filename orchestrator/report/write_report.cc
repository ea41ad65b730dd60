#include "orchestrator/report/write_report.h"

#include <chrono>

#include "base/durable_file.h"
#include "code_version.h"
#include "orchestrator/report/html_page.h"
#include "orchestrator/report/own_page.h"

namespace radsweep::report {

std::string report_now(db::Database& database, const Examples& examples) {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  const PageOrigin origin{std::string("radsweep ") + kCodeVersion, std::int64_t{now.count()}};
  if (has_own_trainer(database)) {
    return own_page(read_sweep(database), read_own_results(database), origin);
  }
  return html_page(read_sweep(database), origin, examples);
}

void write_report(db::Database& database, const std::filesystem::path& file,
                  const Examples& examples) {
  replace_file(file, report_now(database, examples));
}

}  // namespace radsweep::report
