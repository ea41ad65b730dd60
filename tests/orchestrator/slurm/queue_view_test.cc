// What squeue prints becomes a view of our elements.
#include <doctest/doctest.h>

#include "orchestrator/slurm/queue_view.h"

using namespace radsweep::orchestrator::slurm;

namespace {

constexpr const char* kLines =
    "7|0|RUNNING|None|uuid-a\n"
    "7|1|PENDING|Resources|uuid-a\n"
    "7|2|COMPLETED|None|uuid-a\n"
    "9|0|COMPLETING|None|uuid-b\n"
    "11|N/A|RUNNING|None|(null)\n"  // no array
    "12|0|RUNNING|None|a|b\n"       // somebody's comment
    "broken line\n"
    "\n";

}  // namespace

TEST_CASE("parse_queue finds elements by the submission in their comment") {
  const QueueView view = parse_queue(kLines);
  REQUIRE(view.find("uuid-a", 0));
  CHECK(view.find("uuid-a", 0)->id() == "7_0");
  CHECK(view.find("uuid-a", 0)->state == Element::State::running);
  CHECK(view.find("uuid-a", 1)->state == Element::State::pending);
  CHECK(view.find("uuid-a", 1)->reason == "Resources");
  CHECK(view.find("uuid-a", 2)->state == Element::State::over);
  CHECK(view.find("uuid-a", 3) == nullptr);
  CHECK(view.job_of("uuid-b") == "9");
  CHECK(view.job_of("uuid-c") == "");
  CHECK_FALSE(view.knows("(null)"));
  CHECK(view.knows("a|b"));
}

TEST_CASE("what is not over is active, also what is just ending") {
  const QueueView view = parse_queue(kLines);
  CHECK(view.active("uuid-a").size() == 2);
  CHECK(view.active("uuid-b").size() == 1);
  CHECK(view.active("uuid-c").empty());
}

TEST_CASE("a state that is not known counts as running, so that nothing is submitted twice") {
  CHECK(parse_queue("1|0|SOMETHING_NEW|None|u\n").find("u", 0)->state == Element::State::running);
}

TEST_CASE("of a job number that came again each element is found under its own submission") {
  const QueueView view = parse_queue("12|0|COMPLETED|None|old\n12|0|RUNNING|None|new\n");
  CHECK(view.find("old", 0)->state == Element::State::over);
  CHECK(view.find("new", 0)->state == Element::State::running);
}
