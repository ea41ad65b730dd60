#include "orchestrator/report/line_pieces.h"

#include <algorithm>

namespace radsweep::report {
namespace {

// The part of a stretch from a to b that is inside, as fractions of it; from > to: none is.
struct Part {
  double from = 0, to = 1;
};

Part part_between(const Place& a, const Place& b, double top, double bottom) {
  const double fall = b.y - a.y;
  if (fall == 0) return a.y >= top && a.y <= bottom ? Part{0, 1} : Part{1, 0};
  // a list: of two values it would keep references that dangle
  const auto [first, second] = std::minmax({(top - a.y) / fall, (bottom - a.y) / fall});
  return {std::max(0.0, first), std::min(1.0, second)};
}

Place along(const Place& a, const Place& b, double fraction) {
  return {a.x + fraction * (b.x - a.x), a.y + fraction * (b.y - a.y)};
}

}  // namespace

std::vector<std::vector<Place>> pieces_between(const std::vector<Place>& places, double top,
                                               double bottom) {
  std::vector<std::vector<Place>> pieces;
  bool goes_on = false;
  for (std::size_t i = 1; i < places.size(); ++i) {
    const Place &a = places[i - 1], &b = places[i];
    const Part part = part_between(a, b, top, bottom);
    if (part.from >= part.to) {
      goes_on = false;
      continue;
    }
    if (!goes_on) pieces.push_back({along(a, b, part.from)});
    pieces.back().push_back(along(a, b, part.to));
    goes_on = part.to == 1;
  }
  return pieces;
}

}  // namespace radsweep::report
