#include <doctest/doctest.h>

#include "orchestrator/progress/styled_line.h"
#include "tests/orchestrator/progress/example_view.h"

using namespace radsweep::orchestrator;
using radsweep::test::example_view;

TEST_CASE("the picture shows counts, matrix and slots") {
  const std::vector<std::string> expected = {
      "chexpert  4 of 10 done, 2 running, 3 pending, 1 failed  about 4 h 12 min left",
      "[#################################...........................] 55 %",
      "",
      "        densenet121  densenet161",
      "160 px  4/5 0.831    0/5 +1 !1",
      "",
      "GPU 0 Quadro P6000  160-densenet161-s3  epoch 3/7 full  50 %  step 50/100  loss 0.412  62 "
      "img/s  best "
      "0.800  STALLED  attempt 2",
      "GPU 1 Quadro P6000  idle",
  };
  CHECK(render_view(example_view(), 200, false) == expected);
}

TEST_CASE("the picture is never wider than the terminal, however narrow") {
  for (int columns = 1; columns < 120; ++columns) {
    for (const std::string& line : render_view(example_view(), columns, false)) {
      CHECK(display_width(line) <= columns);
    }
  }
}

TEST_CASE("without colour the picture holds no escape codes, with colour the same words") {
  const auto plain = render_view(example_view(), 100, false);
  const auto coloured = render_view(example_view(), 100, true);
  REQUIRE(plain.size() == coloured.size());
  bool any = false;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    CHECK(plain[i].find('\x1b') == std::string::npos);
    std::string stripped;
    for (std::size_t at = 0; at < coloured[i].size(); ++at) {
      if (coloured[i][at] == '\x1b') {
        any = true;
        at = coloured[i].find('m', at);
      } else {
        stripped += coloured[i][at];
      }
    }
    CHECK(stripped == plain[i]);
  }
  CHECK(any);
}

TEST_CASE("the picture has a row per resolution and variant") {
  SweepView view;
  view.name = "x";
  view.cells = {{160, "a", "base_lr=0.1", 0, 0, 0, 1, std::nullopt},
                {160, "a", "base_lr=0.2", 1, 0, 0, 1, 0.5},
                {96, "a", "base_lr=0.1", 0, 0, 0, 1, std::nullopt}};
  const auto lines = render_view(view, 80, false);
  REQUIRE(lines.size() == 7);
  CHECK(lines[4] == "160 px base_lr=0.1  0/1");
  CHECK(lines[5] == "160 px base_lr=0.2  1/1 0.500");
  CHECK(lines[6] == "96 px base_lr=0.1   0/1");
}

TEST_CASE("a slot that may not be used says why") {
  SweepView view;
  view.slots = {{"GPU 0", "", 0, {}, {}, false, "process 4711 computes on it"}};
  CHECK(render_view(view, 80, false).back() == "GPU 0  not used: process 4711 computes on it");
}

TEST_CASE("a trainer of the user's is shown by its axes and objective, without pixels and phases") {
  SweepView view;
  view.name = "x";
  view.objective = "valid_loss";
  view.cells = {{1, "own", "lr=0.1", 1, 1, 0, 2, 0.012345},
                {1, "own", "lr=0.01", 0, 0, 0, 2, std::nullopt}};
  radsweep::attempt::Beat reported;
  reported.step = 1;
  view.slots = {{"cpu:0", "lr0.1-s2", 1, reported, 12345.6, false},
                {"cpu:1", "lr0.1-s3", 1, radsweep::attempt::Beat{}, {}, false}};
  const auto lines = render_view(view, 80, false);
  REQUIRE(lines.size() == 9);
  CHECK(lines[3] == "         valid_loss");
  CHECK(lines[4] == "lr=0.1   1/2 +1 0.01235");
  CHECK(lines[5] == "lr=0.01  0/2");
  CHECK(lines[7] == "cpu:0  lr0.1-s2  epoch 0  best 1.235e4");  // as it was reported
  CHECK(lines[8] == "cpu:1  lr0.1-s3  no report yet");
}

TEST_CASE("a beat without steps yet divides by nothing") {
  auto view = example_view();
  view.slots[0].beat = radsweep::attempt::Beat{};
  view.slots[0].beat->phase = "loading";
  CHECK(render_view(view, 100, false)[6].find("epoch 1/0 loading") != std::string::npos);
}

TEST_CASE("a validation has no loss, and no time is left when nothing is") {
  auto view = example_view();
  view.slots[0].beat->phase = "validating";
  view.eta_s = 0;
  const auto lines = render_view(view, 200, false);
  CHECK(lines[6].find("loss") == std::string::npos);
  CHECK(lines[0].find("left") == std::string::npos);
}

TEST_CASE("a narrow terminal leaves out whole pieces, and the best last") {
  auto view = example_view();
  view.slots[0].stalled = false;
  view.slots[0].eta_s = 90;
  view.slots[0].beat->memory_mb = 2048;
  const auto row = [&view](int columns) {
    const std::string line = render_view(view, columns, false)[6];
    return line.substr(line.find("s3") + 4);
  };
  CHECK(row(200) ==
        "epoch 3/7 full  50 %  step 50/100  loss 0.412  62 img/s  2.0 GB  best 0.800"
        "  1 min 30 s left  attempt 2");
  CHECK(row(120) == "epoch 3/7 full  50 %  loss 0.412  best 0.800  1 min 30 s left  attempt 2");
  CHECK(row(80) == "epoch 3/7 full  50 %  best 0.800");
  CHECK(row(54) == "best 0.800");
}

TEST_CASE("what happened last stands below, for who has not seen it") {
  auto view = example_view();
  view.events = {"12:00:01  160-densenet121-s1 done", "12:00:02  160-densenet161-s3 started"};
  const auto lines = render_view(view, 200, false);
  CHECK(lines[lines.size() - 3].empty());
  CHECK(lines.back() == "12:00:02  160-densenet161-s3 started");
}
