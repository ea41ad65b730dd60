// How much data CheXpert-v1.0 has, for those who plan without having it.
#pragma once

#include <string>

#include "worker/attempt/spec.h"

namespace radsweep::orchestrator {

struct PublishedData {
  long train_studies = 0, train_images = 0, valid_images = 0;
  std::string counts;  // which these are, for people
};

// The studies used under the paper's own label policy (Atelectasis, U-Ones, No Finding); under
// another one all of the data set, which is the most it can be. Sources: Irvin et al. 2019
// (CheXpert), section 2; Chizari (HAW Hamburg), table 2. The images of the used studies are not
// published: as many per study as in the whole.
PublishedData published_data(const attempt::LabelPolicy& labels);

}  // namespace radsweep::orchestrator
