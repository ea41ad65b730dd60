// The results of a program of the user's for programs: CSV and JSON.
#include <nlohmann/json.hpp>

#include "base/shortest_number.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/own_format.h"

namespace radsweep::report {
namespace {

using Json = nlohmann::ordered_json;

std::string number_or_empty(const std::optional<double>& value) {
  return value ? shortest_number(*value) : "";
}

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string seeds_text(const OwnResults& results, const std::vector<std::int64_t>& seeds) {
  std::string text;
  if (!results.has_seeds) return text;
  for (const std::int64_t seed : seeds) {
    text += (text.empty() ? "" : " ") + std::to_string(seed);
  }
  return text;
}

// A number, true or false again, as far as the text shows it.
Json typed(const std::string& value) {
  const Json parsed = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  return parsed.is_primitive() && !parsed.is_discarded() && !parsed.is_null() ? parsed
                                                                              : Json(value);
}

}  // namespace

std::string results_as_csv(const OwnResults& results) {
  std::string text;
  for (const OwnAxis& axis : results.axes) text += csv_field("params." + axis.name) + ",";
  text +=
      "variant,metric,mode,n,missing,missing_seeds,mean,std,min,max,train_seconds,best_run,"
      "pruned,pruned_seeds\n";
  for (const OwnCell& cell : results.cells) {
    for (const std::string& value : cell.values) text += csv_field(value) + ",";
    text += csv_field(cell.variant) + "," + csv_field(results.metric) + "," + results.mode + "," +
            std::to_string(cell.n) + "," + std::to_string(cell.missing) + "," +
            seeds_text(results, cell.missing_seeds) + "," + number_or_empty(cell.mean) + "," +
            number_or_empty(cell.std_dev) + "," + number_or_empty(cell.min) + "," +
            number_or_empty(cell.max) + "," + number_or_empty(cell.train_seconds) + "," +
            csv_field(cell.best_run) + "," + std::to_string(cell.pruned) + "," +
            seeds_text(results, cell.pruned_seeds) + "\n";
  }
  return text;
}

std::string results_as_json(const OwnResults& results) {
  Json array = Json::array();
  for (const OwnCell& cell : results.cells) {
    Json params = Json::object();
    for (std::size_t i = 0; i < results.axes.size(); ++i) {
      params[results.axes[i].name] = typed(cell.values[i]);
    }
    array.push_back(
        {{"params", std::move(params)},
         {"variant", cell.variant},
         {"metric", results.metric},
         {"mode", results.mode},
         {"n", cell.n},
         {"missing", cell.missing},
         {"missing_seeds", results.has_seeds ? Json(cell.missing_seeds) : Json::array()},
         {"mean", number_or_null(cell.mean)},
         {"std", number_or_null(cell.std_dev)},
         {"min", number_or_null(cell.min)},
         {"max", number_or_null(cell.max)},
         {"train_seconds", number_or_null(cell.train_seconds)},
         {"best_run", cell.best_run.empty() ? Json(nullptr) : Json(cell.best_run)},
         {"pruned", cell.pruned},
         {"pruned_seeds", results.has_seeds ? Json(cell.pruned_seeds) : Json::array()}});
  }
  return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace radsweep::report
