#include "orchestrator/report/rows_format.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace radsweep;
using namespace radsweep::report;

namespace {

db::Table some_rows() {
  return {{"run_id", "best_auc", "n", "n"},
          {{std::string("a,\"b\""), 0.25, std::int64_t{7}, std::int64_t{8}},
           {std::string("x"), std::monostate{}, std::int64_t{-1}, std::monostate{}}}};
}

}  // namespace

TEST_CASE("rows as csv follow RFC 4180 and leave NULL empty") {
  CHECK(rows_as_csv(some_rows()) ==
        "run_id,best_auc,n,n\n"
        "\"a,\"\"b\"\"\",0.25,7,8\n"
        "x,,-1,\n");
}

TEST_CASE("rows as json are objects with distinct names and null for NULL") {
  const auto array = nlohmann::json::parse(rows_as_json(some_rows()));
  CHECK(array[0]["run_id"] == "a,\"b\"");
  CHECK(array[0]["n_2"] == 8);
  CHECK(array[1]["best_auc"].is_null());
  CHECK(rows_as_json({{"a"}, {}}) == "[]\n");
}

TEST_CASE("rows as text put numbers to the right") {
  CHECK(rows_as_text(some_rows()) ==
        "run_id  best_auc   n  n\n"
        "------  --------  --  -\n"
        "a,\"b\"       0.25   7  8\n"
        "x                 -1\n");
}
