// The results for programs: CSV and JSON.
#include <nlohmann/json.hpp>

#include "base/shortest_number.h"
#include "orchestrator/report/escape.h"
#include "orchestrator/report/number_text.h"
#include "orchestrator/report/results_format.h"

namespace radsweep::report {
namespace {

using Json = nlohmann::ordered_json;

std::string number_or_empty(const std::optional<double>& value) {
  return value ? shortest_number(*value) : "";
}

Json number_or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

std::string with_spaces(const std::vector<std::int64_t>& seeds) {
  std::string text;
  for (const auto seed : seeds) text += (text.empty() ? "" : " ") + std::to_string(seed);
  return text;
}

// n, AUC, low and high, without a comma at either end.
std::string ensemble_fields(const Cell& cell) {
  if (!cell.ensemble) return ",,,";
  const auto& interval = cell.ensemble->interval;
  return std::to_string(cell.ensemble->n) + "," + shortest_number(cell.ensemble->auc) + "," +
         (interval ? shortest_number(interval->low) + "," + shortest_number(interval->high) : ",");
}

}  // namespace

std::string results_as_csv(const std::vector<Cell>& cells) {
  std::string text =
      "resolution,architecture,variant,n,missing,missing_seeds,auc_mean,auc_std,auc_min,auc_max,"
      "best_run,ensemble_n,ensemble_auc,ensemble_auc_low,ensemble_auc_high,pruned,pruned_seeds\n";
  for (const Cell& cell : cells) {
    text += std::to_string(cell.resolution) + "," + csv_field(cell.architecture) + "," +
            csv_field(cell.variant) + "," + std::to_string(cell.n) + "," +
            std::to_string(cell.missing_seeds.size()) + "," + with_spaces(cell.missing_seeds) +
            "," + number_or_empty(cell.mean) + "," + number_or_empty(cell.std_dev) + "," +
            number_or_empty(cell.min) + "," + number_or_empty(cell.max) + "," +
            csv_field(cell.best_run) + "," + ensemble_fields(cell) + "," +
            std::to_string(cell.pruned_seeds.size()) + "," + with_spaces(cell.pruned_seeds) + "\n";
  }
  return text;
}

std::string results_as_json(const std::vector<Cell>& cells) {
  Json array = Json::array();
  for (const Cell& cell : cells) {
    const auto& ensemble = cell.ensemble;
    // a pointer: g++ 12 takes a copied optional for uninitialised
    const Interval* interval = ensemble && ensemble->interval ? &*ensemble->interval : nullptr;
    array.push_back({{"resolution", cell.resolution},
                     {"architecture", cell.architecture},
                     {"variant", cell.variant},
                     {"n", cell.n},
                     {"missing", cell.missing_seeds.size()},
                     {"missing_seeds", cell.missing_seeds},
                     {"auc_mean", number_or_null(cell.mean)},
                     {"auc_std", number_or_null(cell.std_dev)},
                     {"auc_min", number_or_null(cell.min)},
                     {"auc_max", number_or_null(cell.max)},
                     {"best_run", cell.best_run.empty() ? Json(nullptr) : Json(cell.best_run)},
                     {"ensemble_n", ensemble ? Json(ensemble->n) : Json(nullptr)},
                     {"ensemble_auc", ensemble ? Json(ensemble->auc) : Json(nullptr)},
                     {"ensemble_auc_low", interval ? Json(interval->low) : Json(nullptr)},
                     {"ensemble_auc_high", interval ? Json(interval->high) : Json(nullptr)},
                     {"pruned", cell.pruned_seeds.size()},
                     {"pruned_seeds", cell.pruned_seeds}});
  }
  return array.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace radsweep::report
