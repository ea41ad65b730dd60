// A sweep in the middle of its work, for the tests of what people see.
#pragma once

#include "orchestrator/progress.h"

namespace radsweep::test {

inline orchestrator::SweepView example_view() {
  orchestrator::SweepView view;
  view.name = "chexpert";
  view.counts.pending = 3;
  view.counts.running = 2;
  view.counts.done = 4;
  view.counts.failed = 1;
  view.eta_s = 15120;
  view.cells = {{160, "densenet121", "", 4, 0, 0, 5, 0.8312},
                {160, "densenet161", "", 0, 1, 1, 5, std::nullopt}};
  attempt::Beat beat;
  beat.step = 50;
  beat.total_steps = 100;
  beat.epoch = 2;
  beat.total_epochs = 7;
  beat.phase = "full";
  beat.loss = 0.4123;
  beat.images_per_second = 62;
  view.slots = {{"GPU 0 Quadro P6000", "160-densenet161-s3", 2, beat, 0.8, true},
                {"GPU 1 Quadro P6000", "", 0, std::nullopt, std::nullopt, false}};
  return view;
}

}  // namespace radsweep::test
