#include "orchestrator/progress/plain_lines.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/durable_file.h"
#include "tests/orchestrator/progress/example_view.h"
#include "tests/support/temp_dir.h"

using namespace radsweep::orchestrator;

TEST_CASE("plain progress: every event, and a changed status at most every 30 s") {
  const radsweep::test::TempDir folder;
  const int fd = ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  double now = 100;
  auto view = radsweep::test::example_view();
  {
    PlainLines lines(fd, [&now] { return now; });
    lines.show(view);  // too early
    CHECK_FALSE(lines.wants_picture());
    lines.tell("started");
    now += 30;
    CHECK(lines.wants_picture());
    lines.show(view);
    CHECK_FALSE(lines.wants_picture());
    view.counts.done = 5;
    now += 29;
    lines.show(view);  // too early
    now += 1;
    lines.show(view);
    now += 60;
    lines.show(view);  // unchanged
    CHECK_FALSE(lines.wants_picture());
  }
  ::close(fd);
  view.counts.done = 4;
  std::string expected = "started\n";
  expected +=
      "chexpert: 4 of 10 done, 2 running, 3 pending, 1 failed, 55 %, about 4 h 12 min left\n";
  expected +=
      "chexpert: 5 of 11 done, 2 running, 3 pending, 1 failed, 59 %, about 4 h 12 min left\n";
  CHECK(radsweep::read_file(folder / "log") == expected);
}

TEST_CASE("plain progress for who looks on begins with where it stands") {
  const radsweep::test::TempDir folder;
  const int fd = ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  {
    PlainLines lines(
        fd, [] { return 100.0; }, FirstStatus::at_once);
    CHECK(lines.wants_picture());
    lines.show(radsweep::test::example_view());
    CHECK_FALSE(lines.wants_picture());
  }
  ::close(fd);
  CHECK(radsweep::read_file(folder / "log").find("chexpert: 4 of 10 done") == 0);
}
