// What is known of a sweep's data, also when it is not on this machine.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/store.h"
#include "orchestrator/sweep/expand.h"
#include "orchestrator/sweep/sweep.h"

namespace radsweep::orchestrator {

enum class WithoutData {
  refused,   // as inspect_data() does
  published  // the published counts of CheXpert in its place
};

struct KnownData {
  DataFacts facts;
  long valid_images = 0;             // at most
  std::vector<std::string> missing;  // as inspect_data() says
  bool published = false;            // the data is not there
  std::string source;                // of the counts, for people: the folder, or what is published
};

// Changes nothing. Throws Error as inspect_data() does.
KnownData known_data(const Sweep& sweep, const Store& store, WithoutData without);

}  // namespace radsweep::orchestrator
