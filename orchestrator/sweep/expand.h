// A sweep becomes its runs: names, identities, costs, order.
#pragma once

#include <string>
#include <vector>

#include "db/run.h"
#include "orchestrator/sweep/sweep.h"
#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

struct PlannedRun {
  db::NewRun row;           // as the queue stores it
  attempt::Spec spec;       // complete but for attempt, slot and resume_from
  double memory_bytes = 0;  // predicted peak on the device: weights, optimizer, activations
};

// What expansion needs to know of the data: where it is and how much of it there is.
struct DataFacts {
  attempt::DataSource source;  // root, cache, labels, manifest
  long train_images = 0;       // used images, for the cost
  long train_studies = 0;

  bool operator==(const DataFacts&) const = default;
};

// Every combination of the axes, most expensive first (cost = multiply-adds of the architecture
// at that resolution x 3 for forward and backward x images x epochs; a frozen epoch counts 2/3),
// equal costs in the order of the file. Deterministic: the same file gives the same list.
// Run name: "<resolution>-<architecture>-s<seed>", then "-<key>=<value>" per extra axis, the axis
// pretrained first (start_label() in run_name.h).
// Longer names are cut, see run_name.h. Throws Error(environment) when a weights file cannot be
// read, Error(usage) when two runs are the same training or the data is less than one batch.
std::vector<PlannedRun> expand(const Sweep& sweep, const DataFacts& data);

}  // namespace radsweep::orchestrator
