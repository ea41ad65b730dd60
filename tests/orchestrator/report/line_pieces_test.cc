#include "orchestrator/report/line_pieces.h"

#include <doctest/doctest.h>

using radsweep::report::pieces_between;
using radsweep::report::Place;

namespace {

std::vector<std::vector<std::pair<double, double>>> pieces(const std::vector<Place>& line) {
  std::vector<std::vector<std::pair<double, double>>> found;
  for (const auto& piece : pieces_between(line, 0, 10)) {
    found.emplace_back();
    for (const Place& place : piece) found.back().emplace_back(place.x, place.y);
  }
  return found;
}

using Pieces = std::vector<std::vector<std::pair<double, double>>>;

}  // namespace

TEST_CASE("a line inside stays one piece") {
  CHECK(pieces({{0, 0}, {1, 10}, {2, 5}, {3, 5}}) == Pieces{{{0, 0}, {1, 10}, {2, 5}, {3, 5}}});
}

TEST_CASE("a line that leaves is cut where it crosses and goes on where it comes back") {
  CHECK(pieces({{0, 5}, {1, 15}, {2, 5}}) == Pieces{{{0, 5}, {0.5, 10}}, {{1.5, 10}, {2, 5}}});
  CHECK(pieces({{0, -5}, {1, 15}}) == Pieces{{{0.25, 0}, {0.75, 10}}});
}

TEST_CASE("nothing is left of a line outside, of one place or of none") {
  CHECK(pieces({{0, 11}, {1, 12}}).empty());
  CHECK(pieces({{0, -1}, {1, -1}}).empty());
  CHECK(pieces({{0, 5}}).empty());
  CHECK(pieces({}).empty());
}
