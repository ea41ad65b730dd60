// The public views against numbers computed by hand.
#include <doctest/doctest.h>

#include "db/metric_log.h"
#include "db/query.h"
#include "db/run_queue.h"
#include "tests/db/queue_fixture.h"

using namespace radsweep;
using namespace radsweep::db;
using doctest::Approx;
using test::new_run;
using test::QueueFixture;
using test::result_row;
using test::sweep_row;

namespace {

NewRun cell_run(int resolution, std::int64_t seed, const std::string& variant = "") {
  NewRun run = new_run(std::to_string(resolution) + variant + "-s" + std::to_string(seed));
  run.resolution = resolution;
  run.variant = variant;
  run.seed = seed;
  return run;
}

struct Views : QueueFixture {
  void finish_next(std::optional<double> auc) {
    REQUIRE(queue.finish(queue.claim_next("cpu:0").value().fence, result_row(auc), {}, {}));
  }
  std::vector<Value> row(const std::string& sql) {
    const Table table = query(database, sql);
    REQUIRE(table.rows.size() == 1);
    return table.rows.front();
  }
};

double real(const Value& value) {
  return std::get<double>(value);
}
bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}

}  // namespace

TEST_CASE("summary gives mean, sample deviation, extremes and the best run of a cell") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1), cell_run(160, 2), cell_run(160, 3),
                                 cell_run(160, 4), cell_run(320, 1)});
  for (const double auc : {0.80, 0.87, 0.82}) f.finish_next(auc);
  const auto row = f.row(
      "SELECT n, missing, auc_mean, auc_std, auc_min, auc_max, best_run FROM summary"
      " WHERE resolution = 160");
  CHECK(row[0] == Value(std::int64_t{3}));
  CHECK(row[1] == Value(std::int64_t{1}));
  CHECK(real(row[2]) == Approx(0.83).epsilon(1e-12));
  // (0.03^2 + 0.04^2 + 0.01^2) / 2 = 0.0013
  CHECK(real(row[3]) == Approx(0.0360555127546399).epsilon(1e-12));
  CHECK(real(row[4]) == 0.80);
  CHECK(real(row[5]) == 0.87);
  CHECK(row[6] == Value(std::string("160-s2")));
}

TEST_CASE("summary has a row for a cell without results") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1)});
  const auto row = f.row("SELECT n, missing, auc_mean, auc_std, auc_min, best_run FROM summary");
  CHECK(row[0] == Value(std::int64_t{0}));
  CHECK(row[1] == Value(std::int64_t{1}));
  for (std::size_t column = 2; column < row.size(); ++column) CHECK(is_null(row[column]));
}

TEST_CASE("summary has no deviation for fewer than two results") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1), cell_run(160, 2)});
  f.finish_next(0.8);
  const auto row = f.row("SELECT n, auc_std, auc_mean FROM summary");
  CHECK(row[0] == Value(std::int64_t{1}));
  CHECK(is_null(row[1]));
  CHECK(real(row[2]) == 0.8);
}

TEST_CASE("summary keeps the spread of AUCs that agree in eight digits") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1), cell_run(160, 2), cell_run(160, 3)});
  for (const double auc : {0.9, 0.9 + 1e-9, 0.9 + 2e-9}) f.finish_next(auc);
  // The inputs are rounded to 1.1e-16, so 1e-6 of the spread is what can be kept; the formula
  // with sums of squares would keep nothing of it.
  CHECK(real(f.row("SELECT auc_std FROM summary")[0]) == Approx(1e-9).epsilon(1e-6));
}

TEST_CASE("summary counts a done run without an AUC neither as result nor as missing") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1), cell_run(160, 2)});
  f.finish_next(std::nullopt);
  f.finish_next(0.7);
  const auto row = f.row("SELECT n, missing, auc_mean, best_run FROM summary");
  CHECK(row[0] == Value(std::int64_t{1}));
  CHECK(row[1] == Value(std::int64_t{0}));
  CHECK(real(row[2]) == 0.7);
  CHECK(row[3] == Value(std::string("160-s2")));
  CHECK(f.value("SELECT best_auc FROM runs WHERE run_id = '160-s1'") == "NULL");
}

TEST_CASE("summary keeps variants apart and leaves out runs that are not current") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1, "lr=1"), cell_run(160, 1, "lr=2")});
  f.finish_next(0.6);
  f.finish_next(0.7);
  CHECK(f.value("SELECT group_concat(variant || ' ' || auc_mean, ', ') FROM summary") ==
        "lr=1 0.6, lr=2 0.7");
  f.queue.set_runs(sweep_row(), {cell_run(160, 1, "lr=2")});
  CHECK(f.value("SELECT group_concat(variant || ' ' || auc_mean, ', ') FROM summary") ==
        "lr=2 0.7");
  CHECK(f.value("SELECT count(*) FROM runs") == "2");
}

TEST_CASE("epochs shows the metrics of an epoch side by side") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1)});
  const Fence fence = f.queue.claim_next("cpu:0").value().fence;
  REQUIRE(append_live(f.database, fence,
                      {{0, "frozen", 1},
                       {0, "train_loss", 0.7},
                       {0, "valid_loss", 0.6},
                       {0, "valid_auc", 0.8},
                       {0, "lr_body", 1e-5},
                       {0, "lr_head", 1e-3},
                       {0, "seconds", 12},
                       {0, "is_best", 1},
                       {0, "is_best_loss", 1},
                       {0, "images_per_second", 99},
                       {1, "frozen", 0},
                       {1, "is_best", 0},
                       {1, "my_own", 5}},
                      {}, 1));
  CHECK(
      f.value("SELECT group_concat(line, ';') FROM (SELECT concat_ws AS line FROM (SELECT"
              " run_id || ',' || epoch || ',' || phase || ',' || ifnull(train_loss, '-') || ',' ||"
              " ifnull(valid_loss, '-') || ',' || ifnull(valid_auc, '-') || ',' ||"
              " ifnull(lr_body, '-') || ',' || ifnull(lr_head, '-') || ',' ||"
              " ifnull(seconds, '-') || ',' || ifnull(images_per_second, '-') || ',' || is_best"
              " AS concat_ws FROM epochs ORDER BY epoch))") ==
      "160-s1,0,frozen,0.7,0.6,0.8,1.0e-05,0.001,12.0,99.0,1;"
      "160-s1,1,full,-,-,-,-,-,-,-,0");
  CHECK(f.value("SELECT count(*) FROM epochs WHERE is_best") == "1");
}

TEST_CASE("predictions names run and cell of every study") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 4)});
  const Fence fence = f.queue.claim_next("cpu:0").value().fence;
  REQUIRE(f.queue.finish(fence, result_row(), {}, {{"valid/p1/s1", 1, 0, 0.5}}));
  CHECK(f.value("SELECT run_id || ' ' || resolution || ' ' || architecture || ' ' || seed || ' ' ||"
                " study || ' ' || label || ' ' || probability FROM predictions") ==
        "160-s4 160 densenet121 4 valid/p1/s1 1 0.5");
}

TEST_CASE("runs shows the error of the newest attempt until the next one starts") {
  Views f;
  f.queue.set_runs(sweep_row(), {cell_run(160, 1)});
  const Fence fence = f.queue.claim_next("cpu:0").value().fence;
  REQUIRE(f.queue.fail(fence, test::failure("device"), f.now_ms, 3));
  CHECK(f.value("SELECT state || ' ' || error_class || ' ' || error FROM runs") ==
        "waiting device loss is not a number");
  f.queue.wake(1000);
  f.queue.claim_next("GPU-7");
  CHECK(f.value("SELECT error FROM runs") == "NULL");
  CHECK(f.value("SELECT slot || ' ' || attempts || ' ' || failures FROM runs") == "GPU-7 2 1");
}

TEST_CASE("the views keep the columns that a user's SQL may depend on") {
  Views f;
  for (const char* sql :
       {"SELECT run_id, sweep, resolution, architecture, variant, seed, state, attempts, best_auc,"
        " best_epoch, train_seconds, images_per_second, peak_memory_mb, device, error FROM runs",
        "SELECT run_id, resolution, architecture, variant, seed, epoch, phase, train_loss,"
        " valid_loss, valid_auc, lr_body, lr_head, seconds, is_best FROM epochs",
        "SELECT resolution, architecture, variant, n, missing, auc_mean, auc_std, auc_min, auc_max,"
        " best_run FROM summary",
        "SELECT run_id, study, label, probability FROM predictions"})
    CHECK_NOTHROW(query(f.database, sql));
}
