// What a generated study says and shows: labels as a report would give them, and its views.
#pragma once

#include <string>
#include <vector>

#include "worker/data/label_policy.h"
#include "worker/data/synth_image.h"
#include "worker/data/synth_random.h"

namespace radsweep::data {

struct SynthStudy {
  std::vector<Mention> labels;                  // of chexpert_findings()
  std::vector<bool> lateral;                    // of each view, 1 to 3
  SynthFinding finding = SynthFinding::normal;  // what all of its views show
};

// Of train.csv: 55 % positive (some of them uncertain), 40 % negative (mostly by No Finding), 5 %
// say nothing about Atelectasis. 3 % of the labels are wrong. Normals have a little more views.
SynthStudy draw_train_study(SynthRandom& random);

// Of valid.csv: every finding is 1 or 0; half of the studies are positive, 3 % wrongly labelled.
SynthStudy draw_valid_study(SynthRandom& random);

}  // namespace radsweep::data
