#include "orchestrator/status/last_events.h"

#include <algorithm>

#include "db/query.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/table_reader.h"

namespace radsweep::orchestrator {

std::vector<std::string> last_events(db::Database& database, int count) {
  report::TableReader rows(db::query(
      database,
      "SELECT event.at_ms, coalesce(run.name, '') AS name, event.kind, event.detail"
      " FROM event LEFT JOIN run ON run.id = event.run_id ORDER BY event.id DESC LIMIT ?1",
      {std::int64_t{count}}));
  std::vector<std::string> lines;
  while (rows.next()) {
    const std::string day_and_time = report::utc_text(rows.integer("at_ms"));
    std::string line = day_and_time.substr(day_and_time.find(' ') + 1);
    for (const char* column : {"name", "kind", "detail"}) {
      const std::string text = report::one_line(rows.text(column));
      if (!text.empty()) line += "  " + text;
    }
    lines.push_back(std::move(line));
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace radsweep::orchestrator
