// A few validation studies with their views, as the page shows them.
#pragma once

#include <string>
#include <vector>

namespace radsweep::report {

struct Example {
  std::string why;    // "first positive"
  std::string study;  // "valid/patient64541/study1"
  int label = 0;
  double probability = 0;
  std::vector<std::string> views;  // data: URIs
};

// Default: the page says nothing of examples.
struct Examples {
  std::string absent;  // why there are none; empty: `studies` are
  std::string run;     // whose probabilities they are
  std::string target;  // "Atelectasis"
  int resolution = 0;  // of the views, px
  std::vector<Example> studies;
};

}  // namespace radsweep::report
