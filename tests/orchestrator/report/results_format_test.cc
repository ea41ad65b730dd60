#include "orchestrator/report/results_format.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace radsweep::report;

namespace {

std::vector<Cell> some_cells() {
  std::vector<Cell> cells = {
      {160, "densenet121", "", 3, {4, 5}, 0.8012, 0.0045, 0.795, 0.805, "160-densenet121-s3"},
      {320, "densenet121", "", 1, {}, 0.82, std::nullopt, 0.82, 0.82, "320-densenet121-s1"},
      {160, "my_net%", "", 0, {1}, std::nullopt, std::nullopt, std::nullopt, std::nullopt, ""}};
  cells[0].ensemble = Ensemble{3, 0.8125, Interval{0.75, 0.875}, {}};
  cells[1].ensemble = Ensemble{1, 1.0, {}, {}};
  return cells;
}

std::vector<Cell> hostile_cells() {
  return {{64, "a&b", "name=\"x,y\" p=50%", 2, {}, 0.5, 0.25, 0.25, 0.75, "64-a|b-s1"}};
}

}  // namespace

TEST_CASE("the text table names missing seeds and prints points") {
  CHECK(results_as_text(some_cells()) ==
        "architecture  resolution  n  AUC mean ± std    min    max  best run            missing "
        "seeds\n"
        "------------  ----------  -  --------------  -----  -----  ------------------  "
        "-------------\n"
        "densenet121          160  3    80.12 ± 0.45  79.50  80.50  160-densenet121-s3  4, 5\n"
        "densenet121          320  1           82.00  82.00  82.00  320-densenet121-s1\n"
        "my_net%              160  0               –      –      –  –                   1\n");
}

TEST_CASE("the text table shows variants only when there are any") {
  CHECK(results_as_text(some_cells()).find("variant") == std::string::npos);
  CHECK(results_as_text(hostile_cells()).find("name=\"x,y\" p=50%") != std::string::npos);
}

TEST_CASE("csv has full doubles, empty fields for NULL, and quotes what needs it") {
  CHECK(results_as_csv(some_cells()) ==
        "resolution,architecture,variant,n,missing,missing_seeds,auc_mean,auc_std,auc_min,auc_max,"
        "best_run,ensemble_n,ensemble_auc,ensemble_auc_low,ensemble_auc_high,pruned,pruned_seeds\n"
        "160,densenet121,,3,2,4 5,0.8012,0.0045,0.795,0.805,160-densenet121-s3,3,0.8125,0.75,"
        "0.875,0,\n"
        "320,densenet121,,1,0,,0.82,,0.82,0.82,320-densenet121-s1,1,1,,,0,\n"
        "160,my_net%,,0,1,1,,,,,,,,,,0,\n");
  CHECK(results_as_csv(hostile_cells()).find("64,a&b,\"name=\"\"x,y\"\" p=50%\",2,") !=
        std::string::npos);
  std::vector<Cell> cells = some_cells();
  cells[0].mean = 0.1 + 0.2;
  CHECK(results_as_csv(cells).find("0.30000000000000004") != std::string::npos);
}

TEST_CASE("json has the same members for every cell and null for NULL") {
  const auto array = nlohmann::json::parse(results_as_json(some_cells()));
  REQUIRE(array.size() == 3);
  CHECK(array[0]["auc_mean"] == 0.8012);
  CHECK(array[0]["missing_seeds"] == nlohmann::json({4, 5}));
  CHECK(array[0]["missing"] == 2);
  CHECK(array[1]["auc_std"].is_null());
  CHECK(array[2]["auc_mean"].is_null());
  CHECK(array[2]["best_run"].is_null());
  for (const auto& cell : array) CHECK(cell.size() == 17);
  CHECK(array[0]["ensemble_n"] == 3);
  CHECK(array[0]["ensemble_auc"] == 0.8125);
  CHECK(array[0]["ensemble_auc_high"] == 0.875);
  CHECK(array[1]["ensemble_auc"] == 1);
  CHECK(array[1]["ensemble_auc_low"].is_null());
  CHECK(array[2]["ensemble_n"].is_null());
}

TEST_CASE("markdown is one table with escaped cells") {
  CHECK(
      results_as_markdown(some_cells()) ==
      "| architecture | resolution | n | AUC mean ± std | min | max | best run | missing seeds |\n"
      "| :-- | --: | --: | --: | --: | --: | :-- | :-- |\n"
      "| densenet121 | 160 | 3 | 80.12 ± 0.45 | 79.50 | 80.50 | 160-densenet121-s3 | 4, 5 |\n"
      "| densenet121 | 320 | 1 | 82.00 | 82.00 | 82.00 | 320-densenet121-s1 |  |\n"
      "| my\\_net% | 160 | 0 | – | – | – | – | 1 |\n");
  CHECK(results_as_markdown(hostile_cells()).find("64-a\\|b-s1") != std::string::npos);
}

TEST_CASE("latex is a booktabs table with a rule between architectures") {
  CHECK(results_as_latex(some_cells()) ==
        "% needs \\usepackage{booktabs}\n"
        "\\begin{table}\n"
        "  \\centering\n"
        "  \\caption{ROC-AUC $\\times 100$ on the validation studies: mean $\\pm$ sample standard\n"
        "    deviation over the seeds; a run counts with its best epoch.}\n"
        "  \\begin{tabular}{lrrrrrl}\n"
        "    \\toprule\n"
        "    architecture & resolution & $n$ & AUC & min & max & missing seeds \\\\\n"
        "    \\midrule\n"
        "    densenet121 & 160 & 3 & $80.12 \\pm 0.45$ & $79.50$ & $80.50$ & 4, 5 \\\\\n"
        "    densenet121 & 320 & 1 & $82.00$ & $82.00$ & $82.00$ & -- \\\\\n"
        "    \\midrule\n"
        "    my\\_net\\% & 160 & 0 & -- & -- & -- & 1 \\\\\n"
        "    \\bottomrule\n"
        "  \\end{tabular}\n"
        "\\end{table}\n");
  CHECK(results_as_latex(hostile_cells()).find("a\\&b & name=\"x,y\" p=50\\% & 64") !=
        std::string::npos);
}

TEST_CASE(
    "pruned seeds are named as such, and every format of means says that it leaves them out") {
  std::vector<Cell> cells = some_cells();
  cells[0].pruned_seeds = {5};
  const std::string note = "The means leave out 1 pruned run, which was stopped early";
  const auto has = [](const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos;
  };
  for (const std::string& text :
       {results_as_text(cells), results_as_markdown(cells), results_as_latex(cells)}) {
    CHECK(has(text, "4, 5 (pruned)"));
    CHECK(has(text, note));
  }
  CHECK(has(results_as_csv(cells), ",0.875,1,5\n"));
  const auto array = nlohmann::json::parse(results_as_json(cells));
  CHECK(array[0]["pruned"] == 1);
  CHECK(array[0]["pruned_seeds"] == nlohmann::json({5}));
  CHECK(array[0]["missing"] == 2);
  CHECK(array[1]["pruned"] == 0);
}
