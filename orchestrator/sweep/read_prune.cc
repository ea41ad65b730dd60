#include "orchestrator/sweep/sections.h"

namespace radsweep::orchestrator {
namespace {

void read_into(int& number, Section& section, const std::string& key, Problems& problems) {
  const auto value = section.take(key);
  if (!value) return;
  if (const auto read = read_whole(*value, problems)) number = static_cast<int>(*read);
}

void read_median(const Value& value, Sweep& sweep, Problems& problems) {
  auto section = Section::open(value, problems);
  if (!section) return;
  MedianRule rule;
  read_into(rule.warmup_epochs, *section, "warmup_epochs", problems);
  read_into(rule.min_runs, *section, "min_runs", problems);
  section->refuse_rest(problems);
  sweep.prune = rule;
}

void read_asha(const Value& value, Sweep& sweep, Problems& problems) {
  auto section = Section::open(value, problems);
  if (!section) return;
  AshaRule rule;
  read_into(rule.min_epochs, *section, "min_epochs", problems);
  read_into(rule.reduction, *section, "reduction", problems);
  section->refuse_rest(problems);
  sweep.prune = rule;
}

}  // namespace

void read_prune(Section& top, Sweep& sweep, Problems& problems) {
  const auto value = top.take("prune");
  if (!value) return;
  auto section = Section::open(*value, problems);
  if (!section) return;
  const auto median = section->take("median"), asha = section->take("asha");
  if (median && asha) {
    problems.add(asha->key_place, "'prune' has both 'median' and 'asha'", "keep one of the two");
  } else if (median) {
    read_median(*median, sweep, problems);
  } else if (asha) {
    read_asha(*asha, sweep, problems);
  } else if (value->node.size() == 0) {
    problems.add(value->key_place, "'prune' says neither 'median' nor 'asha'",
                 "add: median: {}, or leave 'prune' out: then every run goes to its end");
  }
  section->refuse_rest(problems);
}

}  // namespace radsweep::orchestrator
