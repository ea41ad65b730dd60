// The verbs that only read, as the program answers them.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "orchestrator/report/results_format.h"
#include "tests/orchestrator/report/own_sweep.h"
#include "tests/orchestrator/report/sample_sweep.h"
#include "tests/support/radsweep_says.h"

using namespace radsweep;
using test::Answer;
using test::Fate;
using test::radsweep_says;

namespace {

std::vector<test::SampleRun> some_runs() {
  return {{160, "densenet121", 1, Fate::done, 0.80},
          {160, "densenet121", 2, Fate::done, 0.82},
          {160, "densenet121", 3, Fate::failed, {}}};
}

std::string quoted(const std::filesystem::path& path) {
  return "'" + path.string() + "'";
}

}  // namespace

TEST_CASE("radsweep results prints every format of the same cells") {
  test::SampleSweep sweep(some_runs());
  const std::string store = quoted(sweep.folder().path());
  const auto cells = report::read_results(sweep.database());
  CHECK(radsweep_says("results " + store).out == report::results_as_text(cells));
  CHECK(radsweep_says("results " + store + " --format csv").out == report::results_as_csv(cells));
  CHECK(radsweep_says("results " + store + " --format md").out ==
        report::results_as_markdown(cells));
  CHECK(radsweep_says("results " + store + " --format latex").out ==
        report::results_as_latex(cells));
  CHECK(radsweep_says("results " + store + " --json").out == report::results_as_json(cells));
  CHECK(radsweep_says("results " + store + " --format pdf 2>&1").exit_code == 2);
}

TEST_CASE("radsweep report writes the page and prints its path") {
  test::SampleSweep sweep(some_runs());
  const std::string store = quoted(sweep.folder().path());
  const Answer answer = radsweep_says("report " + store);
  CHECK(answer.exit_code == 0);
  CHECK(answer.out == (sweep.folder() / "report.html").string() + "\n");
  CHECK(read_file(sweep.folder() / "report.html").find("81.00 ± 1.41") != std::string::npos);
  radsweep_says("report " + store + " -o " + quoted(sweep.folder() / "other.html"));
  CHECK(read_file(sweep.folder() / "other.html").rfind("<!DOCTYPE html>", 0) == 0);
}

TEST_CASE("radsweep report --figures writes SVG, and PNG beside it or what is missing for that") {
  test::SampleSweep sweep(some_runs());
  test::TempDir tools;  // an rsvg-convert that tells what it is asked
  replace_file(tools / "rsvg-convert", "#!/bin/sh\nfor last; do :; done\necho \"$last\" >\"$4\"\n");
  std::filesystem::permissions(tools / "rsvg-convert", std::filesystem::perms::owner_all);
  const std::string words = "report " + quoted(sweep.folder().path()) + " --figures figures";
  const auto with_path = [&](const std::filesystem::path& path) {
    return radsweep_says(sweep.folder().path(), "version >/dev/null; PATH=" + quoted(path) +
                                                    " \"$radsweep\" " + words + " 2>&1");
  };
  const Answer without = with_path("/nowhere");
  CHECK(without.exit_code == 0);
  CHECK(has(without, "figures: 6 SVG files\n"));
  CHECK_FALSE(has(without, "auc.svg"));
  CHECK(has(without, "no PNG files: rsvg-convert is not installed (package librsvg2-bin)"));
  const auto figures = sweep.folder() / "figures";
  CHECK_FALSE(std::filesystem::exists(figures / "auc.png"));
  const Answer with = with_path(tools.path());
  CHECK(with.out == "figures: 6 SVG and 6 PNG files\n");
  CHECK(read_file(figures / "auc.png") == (figures / "auc.svg").string() + "\n");
  CHECK(std::filesystem::exists(figures / "roc-densenet121-160-px.png"));
}

TEST_CASE("radsweep report writes figures and TensorBoard's files in one call") {
  test::SampleSweep sweep(some_runs());
  const Answer answer = radsweep_says(sweep.folder().path(),
                                      "report . --figures figures --tensorboard tb 2>/dev/null");
  CHECK(answer.exit_code == 0);
  CHECK(has(answer, "figures: 6 SVG"));
  CHECK(has(answer, "\ntb\n"));
  CHECK(std::filesystem::exists(sweep.folder() / "figures" / "auc.svg"));
  CHECK(std::filesystem::exists(sweep.folder() / "tb" / "160-densenet121-s1"));
  CHECK_FALSE(std::filesystem::exists(sweep.folder() / "report.html"));
}

TEST_CASE("radsweep report --figures of an own trainer draws its own figures") {
  test::OwnSweep sweep("min");
  radsweep_says(sweep.folder.path(), "report . --figures figures 2>/dev/null");
  CHECK(std::filesystem::exists(sweep.folder / "figures" / "my_loss-by-optimizer.svg"));
  CHECK_FALSE(std::filesystem::exists(sweep.folder / "figures" / "auc.svg"));
}

TEST_CASE("radsweep report names the file it cannot write and the folder that is not there") {
  test::SampleSweep sweep(some_runs());
  const std::string store = quoted(sweep.folder().path());
  const Answer answer = radsweep_says("report " + store + " -o /nonexistent/x.html 2>&1");
  CHECK(answer.exit_code == 4);
  CHECK(has(answer, "cannot write /nonexistent/x.html: the folder /nonexistent does not exist\n"));
  CHECK_FALSE(has(answer, ".tmp."));
  CHECK_FALSE(has(answer, "free space"));
}

TEST_CASE("radsweep sql reads in three formats and refuses to write") {
  test::SampleSweep sweep(some_runs());
  const std::string store = quoted(sweep.folder().path());
  const std::string query = " \"SELECT run_id, best_auc FROM runs ORDER BY run_id\"";
  CHECK(radsweep_says("sql " + store + query + " --format csv").out ==
        "run_id,best_auc\n160-densenet121-s1,0.8\n160-densenet121-s2,0.82\n160-densenet121-s3,\n");
  CHECK(nlohmann::json::parse(radsweep_says("sql " + store + query + " --json").out)[2]["best_auc"]
            .is_null());
  const Answer refused = radsweep_says("sql " + store + " \"DELETE FROM run\" 2>&1");
  CHECK(refused.exit_code == 2);
  CHECK(radsweep_says("sql " + store + " \"SELECT nothing FROM nowhere\" 2>&1").exit_code == 2);
}

TEST_CASE("radsweep status, watch and why answer without an orchestrator") {
  test::SampleSweep sweep(some_runs());
  const std::string store = quoted(sweep.folder().path());
  const Answer status = radsweep_says("status " + store);
  CHECK(status.exit_code == 0);
  CHECK(status.out.find("160-densenet121-s3 failed after 1 attempt: nan") != std::string::npos);
  CHECK(status.out.find('\x1b') == std::string::npos);
  CHECK(nlohmann::json::parse(radsweep_says("status " + store + " --json").out)["counts"]["done"] ==
        2);
  CHECK(radsweep_says("watch " + store + " 2>&1").exit_code == 0);  // ends: nobody is at work
  CHECK(radsweep_says("why " + store + " 160-densenet121-s3")
            .out.rfind("160-densenet121-s3 is failed: ", 0) == 0);
  CHECK(radsweep_says("why " + store + " 2>&1").exit_code == 2);
}

TEST_CASE("a store that does not exist is a usage error") {
  for (const char* verb : {"results", "report", "status", "watch"}) {
    CHECK(radsweep_says(std::string(verb) + " /nonexistent/store 2>&1").exit_code == 2);
  }
}
