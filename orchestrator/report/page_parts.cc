#include "orchestrator/report/page_parts.h"

namespace radsweep::report {
namespace {

// "a", or "a (12 runs), b (18 runs)"; a grid may have very many values.
std::string values_text(const Fact& fact, bool with_counts) {
  constexpr std::size_t kMost = 16;
  std::string text;
  std::size_t shown = 0;
  for (const auto& [value, runs] : fact.values) {
    if (shown++ == kMost) return text + ", …";
    text += (text.empty() ? "" : ", ") + value;
    if (with_counts && fact.values.size() > 1) {
      text += " (" + plural(static_cast<std::size_t>(runs), "run", "runs") + ")";
    }
  }
  return text;
}

}  // namespace

Data new_list() {
  return Data(Data::type::list);
}

std::string plural(std::size_t count, const std::string& singular, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? singular : many);
}

Data tile(const std::string& what, const std::string& value, const std::string& detail) {
  Data data;
  data.set("what", what);
  data.set("value", value);
  data.set("detail", detail);
  return data;
}

Data panel_list(const std::vector<Panel>& panels) {
  Data list = new_list();
  for (const Panel& panel : panels) {
    Data data;
    data.set("title", panel.title);
    data.set("chart", svg(panel.chart));
    list.push_back(std::move(data));
  }
  return list;
}

Data failure_rows(const SweepRecord& record) {
  Data list = new_list();
  for (const FailedAttempt& failure : record.failures) {
    Data row;
    row.set("run", failure.run);
    row.set("attempt", std::to_string(failure.attempt));
    row.set("error_class", failure.error_class);
    row.set("error", failure.error);
    row.set("has_log", Data(!failure.log_tail.empty()));
    row.set("log", failure.log_tail);
    list.push_back(std::move(row));
  }
  return list;
}

Data fact_rows(const std::vector<Fact>& facts, Counts counts) {
  Data list = new_list();
  for (const Fact& fact : facts) {
    Data row;
    row.set("name", fact.name);
    row.set("value", values_text(fact, counts == Counts::shown));
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace radsweep::report
