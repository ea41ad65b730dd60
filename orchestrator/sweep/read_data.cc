#include <algorithm>

#include "base/nearest_name.h"
#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

SyntheticData read_synthetic(const Value& value, Problems& problems) {
  SyntheticData synthetic;
  auto section = Section::open(value, problems);
  if (!section) return synthetic;
  const auto whole = [&](const char* key, auto& field) {
    const auto given = section->take(key);
    if (!given) return;
    const auto number = read_whole(*given, problems);
    if (number) field = static_cast<std::remove_reference_t<decltype(field)>>(*number);
  };
  whole("studies", synthetic.studies);
  whole("valid", synthetic.valid);
  whole("image_px", synthetic.image_px);
  whole("seed", synthetic.seed);
  section->refuse_rest(problems);
  return synthetic;
}

void read_labels(Section& section, attempt::LabelPolicy& labels, Problems& problems) {
  if (const auto value = section.take("target")) {
    labels.target = read_text(*value, problems).value_or(labels.target);
  }
  if (const auto value = section.take("uncertain")) {
    const auto choice = read_choice(*value, problems);
    labels.uncertain = choice.value_or(labels.uncertain);
  }
  const auto value = section.take("negatives");
  if (!value) return;
  labels.negatives.clear();
  for (const Value& item : read_list(*value, EmptyList::allowed, problems)) {
    const auto label = read_text(item, problems);
    if (!label) continue;
    if (*label == labels.target) {
      problems.add(item.place, "'" + *label + "' is the target and cannot be its own negative");
    } else if (std::ranges::find(labels.negatives, *label) != labels.negatives.end()) {
      problems.add(item.place, "'" + *label + "' is given twice");
    } else {
      labels.negatives.push_back(*label);
    }
  }
}

}  // namespace

void read_data(Section& top, Sweep& sweep, Problems& problems) {
  const auto value = top.require("data", "{chexpert: /path/to/CheXpert-v1.0}", problems);
  if (!value) return;
  auto section = Section::open(*value, problems);
  if (!section) return;
  const auto chexpert = section->take("chexpert");
  const auto synthetic = section->take("synthetic");
  if (chexpert) sweep.data.chexpert = read_text(*chexpert, problems).value_or("");
  if (synthetic) sweep.data.synthetic = read_synthetic(*synthetic, problems);
  if (chexpert && synthetic) {
    problems.add(synthetic->key_place, "'data' has both 'chexpert' and 'synthetic'",
                 "keep one of the two");
  } else if (!chexpert && !synthetic) {
    problems.add(section->place(), "'data' says neither 'chexpert' nor 'synthetic'",
                 "add: chexpert: /path/to/CheXpert-v1.0");
  }
  read_labels(*section, sweep.data.labels, problems);
  if (const auto cache = section->take("cache")) {
    sweep.data.cache = read_text(*cache, problems).value_or("");
  }
  section->refuse_rest(problems);
}

}  // namespace radsweep::orchestrator
