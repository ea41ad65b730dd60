#include "worker/data/synth_study.h"

#include <algorithm>

#include "worker/data/chexpert_csv.h"

namespace radsweep::data {
namespace {

constexpr double kLabelNoise = 0.03;

std::size_t position(const char* name) {
  const auto& findings = chexpert_findings();
  return static_cast<std::size_t>(std::ranges::find(findings, name) - findings.begin());
}

Mention other_mention(SynthRandom& random) {
  const double draw = random.uniform();
  if (draw < 0.65) return Mention::blank;
  if (draw < 0.85) return Mention::positive;
  return draw < 0.93 ? Mention::uncertain : Mention::negative;
}

void draw_views(SynthStudy& study, SynthRandom& random, bool is_normal) {
  const double draw = random.uniform();
  const double one = is_normal ? 0.72 : 0.83, two = is_normal ? 0.95 : 0.98;
  if (draw < one) {
    study.lateral = {false};
  } else if (draw < two) {
    study.lateral = {false, true};
  } else {
    study.lateral =
        random.chance(0.5) ? std::vector{false, false} : std::vector{false, false, true};
  }
}

SynthFinding draw_finding(SynthRandom& random, bool is_positive) {
  const bool is_true = !random.chance(kLabelNoise);
  return is_positive == is_true ? SynthFinding::lesions : SynthFinding::normal;
}

}  // namespace

SynthStudy draw_train_study(SynthRandom& random) {
  SynthStudy study;
  for (std::size_t i = 0; i < chexpert_findings().size(); ++i) {
    study.labels.push_back(other_mention(random));
  }
  Mention& target = study.labels[position("Atelectasis")];
  Mention& no_finding = study.labels[position("No Finding")];
  target = no_finding = Mention::blank;

  const double draw = random.uniform();
  bool is_positive = false;
  if (draw < 0.55) {
    is_positive = true;
    target = random.chance(0.6) ? Mention::positive : Mention::uncertain;
  } else if (draw < 0.60) {
    target = Mention::negative;
    if (random.chance(0.2)) no_finding = Mention::positive;  // the overlap CheXpert has too
  } else if (draw < 0.95) {
    const Mention devices = study.labels.back();
    std::ranges::fill(study.labels, Mention::blank);
    study.labels.back() = devices;  // tubes and wires are no finding
    no_finding = Mention::positive;
  } else {
    study.labels[position("Edema")] = Mention::positive;
    is_positive = random.chance(0.5);
  }
  draw_views(study, random, no_finding == Mention::positive);
  study.finding = draw_finding(random, is_positive);
  return study;
}

SynthStudy draw_valid_study(SynthRandom& random) {
  SynthStudy study;
  for (std::size_t i = 0; i < chexpert_findings().size(); ++i) {
    study.labels.push_back(random.chance(0.25) ? Mention::positive : Mention::negative);
  }
  const bool is_positive = random.chance(0.5);
  const bool is_normal = !is_positive && random.chance(0.7);
  if (is_normal) std::ranges::fill(study.labels, Mention::negative);
  study.labels[position("Atelectasis")] = is_positive ? Mention::positive : Mention::negative;
  study.labels[position("No Finding")] = is_normal ? Mention::positive : Mention::negative;
  draw_views(study, random, is_normal);
  study.finding = draw_finding(random, is_positive);
  return study;
}

}  // namespace radsweep::data
