// Pieces of the report's pages as data for their templates.
#pragma once

#include <cstddef>
#include <kainjow/mustache.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/report/figures.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/sweep_record.h"

namespace radsweep::report {

using Data = kainjow::mustache::data;

Data new_list();

template <typename Value, typename Format>
std::string text_or_nothing(const std::optional<Value>& value, Format&& format) {
  return value ? format(*value) : std::string(kNothing);
}

// "1 run", "2 runs".
std::string plural(std::size_t count, const std::string& singular, const std::string& many);

// A number that stands out: what it is, it, and a line below.
Data tile(const std::string& what, const std::string& value, const std::string& detail);
Data panel_list(const std::vector<Panel>& panels);
Data failure_rows(const SweepRecord& record);

enum class Counts { shown, hidden };
Data fact_rows(const std::vector<Fact>& facts, Counts counts);

}  // namespace radsweep::report
