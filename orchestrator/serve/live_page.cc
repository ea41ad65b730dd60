#include "orchestrator/serve/live_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "db/query.h"
#include "orchestrator/examples/find_examples.h"
#include "orchestrator/report/write_report.h"
#include "orchestrator/status/sweep_status.h"

namespace radsweep::orchestrator {
namespace {

using Clock = std::chrono::steady_clock;

// Every change of a run's state writes an event, everything measured advances ingested_bytes.
constexpr const char* kChange = R"(
SELECT (SELECT coalesce(max(changed_ms), 0) FROM sweep) || '-' ||
       (SELECT coalesce(max(id), 0) FROM event) || '-' ||
       (SELECT coalesce(sum(ingested_bytes), 0) FROM attempt))";

void insert_before(std::string& html, const std::string& mark, const std::string& what) {
  const auto at = html.find(mark);  // foreign text is escaped, so the first one is ours
  ensure(at != html.npos, "the report's page has another form");
  html.insert(at, what);
}

}  // namespace

LivePage::LivePage(Store store, db::Database database, std::chrono::milliseconds least_rest)
    : store_(std::move(store)), database_(std::move(database)), least_rest_(least_rest) {}

std::string LivePage::name_now() {
  return std::get<std::string>(db::query(database_, kChange).rows.at(0).at(0));
}

bool LivePage::rests() const {
  return !html_.empty() && Clock::now() < rest_until_;
}

void LivePage::make(const std::string& name) {
  const auto begin = Clock::now();
  std::string html = report::report_now(database_, find_examples(database_, store_));
  insert_before(html, "</head>",
                "<meta name=\"radsweep-page\" content=\"" + name +
                    "\">\n<script src=\"/live.js\" defer></script>\n");
  insert_before(html, "<main>", "<p class=\"banner\" id=\"live\" role=\"status\"></p>\n");
  html_ = std::move(html);
  name_ = name;
  const auto end = Clock::now();
  rest_until_ = end + std::max<Clock::duration>(least_rest_, 20 * (end - begin));
}

std::string LivePage::html() {
  const std::lock_guard lock(mutex_);
  if (rests()) return html_;
  // the name first: what changes while the page is made makes it another page
  const std::string name = name_now();
  if (name != name_) make(name);
  return html_;
}

std::string LivePage::status() {
  const std::lock_guard lock(mutex_);
  const std::string name = rests() ? name_ : name_now();
  const std::string status = status_as_json(read_status(store_, database_), store_);
  return "{\"page\": " + nlohmann::json(name).dump() + ", \"status\": " + status + "}\n";
}

}  // namespace radsweep::orchestrator
