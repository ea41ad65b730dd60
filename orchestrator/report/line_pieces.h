// What a chart shows of a line that leaves its plot area.
#pragma once

#include <vector>

namespace radsweep::report {

struct Place {
  double x = 0, y = 0;  // px
};

// The pieces of the line through `places` between the heights `top` <= `bottom`, each of two places
// or more; an end that was cut off lies on the height it crosses.
std::vector<std::vector<Place>> pieces_between(const std::vector<Place>& places, double top,
                                               double bottom);

}  // namespace radsweep::report
