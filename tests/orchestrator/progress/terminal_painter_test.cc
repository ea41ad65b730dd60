#include "orchestrator/progress/terminal_painter.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/orchestrator/progress/example_view.h"
#include "tests/orchestrator/progress/screen.h"

using namespace radsweep::orchestrator;
using radsweep::test::example_view;
using radsweep::test::Screen;

namespace {

struct Pipe {
  std::array<int, 2> ends{};
  Pipe() { REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string read_all() const {
    std::string text;
    std::array<char, 4096> block{};
    for (ssize_t got; (got = ::read(ends[0], block.data(), block.size())) > 0;) {
      text.append(block.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
};

}  // namespace

TEST_CASE("the painter repaints in place and told lines stand above the picture, once") {
  const Pipe pipe;
  TerminalPainter painter(pipe.ends[1], true, [] { return TerminalSize{24, 100}; });
  auto view = example_view();
  painter.tell("first");
  painter.show(view);
  painter.tell("second");
  view.counts.done = 5;
  painter.show(view);
  painter.show(view);

  Screen screen(100);
  screen.feed(pipe.read_all());
  std::vector<std::string> expected = {"first", "second"};
  for (const auto& line : render_view(view, 99, false)) expected.push_back(line);
  CHECK(screen.lines() == expected);
}

TEST_CASE("the painter writes nothing when nothing changed") {
  const Pipe pipe;
  TerminalPainter painter(pipe.ends[1], false, [] { return TerminalSize{24, 80}; });
  painter.show(example_view());
  pipe.read_all();
  painter.show(example_view());
  CHECK(pipe.read_all().empty());
}

TEST_CASE("the painter finds its picture again when the terminal became narrower") {
  const Pipe pipe;
  TerminalSize size{24, 100};
  TerminalPainter painter(pipe.ends[1], false, [&size] { return size; });
  painter.tell("told");
  painter.show(example_view());
  pipe.read_all();
  // The terminal wraps what was painted for 100 columns into 40.
  Screen narrow(40);
  narrow.feed("told\r\n");
  for (const auto& line : render_view(example_view(), 99, false)) narrow.feed(line + "\r\n");
  size.columns = 40;
  painter.show(example_view());
  narrow.feed(pipe.read_all());

  std::vector<std::string> expected = {"told"};
  for (const auto& line : render_view(example_view(), 39, false)) expected.push_back(line);
  CHECK(narrow.lines() == expected);
}

TEST_CASE("the painter leaves out what a low terminal cannot hold and says how much") {
  const Pipe pipe;
  TerminalPainter painter(pipe.ends[1], false, [] { return TerminalSize{5, 80}; });
  painter.show(example_view());
  Screen screen(80);
  screen.feed(pipe.read_all());
  REQUIRE(screen.lines().size() == 4);
  CHECK(screen.lines()[3] == "... 5 more lines");
}

TEST_CASE("a terminal that takes nothing holds nobody up and shows the newest picture later") {
  const Pipe pipe;
  auto view = example_view();
  {
    TerminalPainter painter(pipe.ends[1], false, [] { return TerminalSize{24, 80}; });
    for (int i = 0; i < 500; ++i) {  // far more than a pipe holds
      view.counts.pending = i;
      painter.show(view);
    }
    Screen screen(80);
    screen.feed(pipe.read_all());
    view.counts.pending = 7;
    for (int i = 0; i < 10; ++i) {
      painter.show(view);
      screen.feed(pipe.read_all());
    }
    CHECK(screen.lines() == render_view(view, 79, false));
  }
}

TEST_CASE("a terminal that is gone is no error") {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  TerminalPainter painter(pipe.ends[1], false, [] { return TerminalSize{24, 80}; });
  ::close(pipe.ends[0]);
  painter.show(example_view());
  painter.tell("nobody hears");
  painter.show(example_view());
  pipe.ends[0] = -1;
}

TEST_CASE("terminal_size falls back to 24 x 80 without a terminal") {
  const Pipe pipe;
  CHECK(terminal_size(pipe.ends[0]) == TerminalSize{24, 80});
}
