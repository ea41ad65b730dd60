#include "orchestrator/environment/joined_slot.h"

#include <algorithm>

#include "base/error.h"

namespace radsweep::orchestrator {
namespace {

constexpr char kBetween = '+';  // no name of a GPU has one

// "GPU 0 Quadro P6000" -> "GPU 0"; "cpu:0" has no more words.
std::string without_card(const std::string& label) {
  return label.substr(0, label.find(' ', label.find(' ') + 1));
}

}  // namespace

std::string joined_label(const std::vector<std::string>& labels) {
  ensure(!labels.empty(), "a slot has a label");
  std::string text;
  for (std::size_t i = 0; i + 1 < labels.size(); ++i) text += without_card(labels[i]) + " + ";
  return text + labels.back();
}

SlotPlan join(const std::vector<SlotPlan>& parts) {
  ensure(!parts.empty(), "a run takes at least one slot");
  SlotPlan joined = parts.front();
  std::vector<std::string> labels{joined.label};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    joined.name += kBetween + parts[i].name;
    joined.slot.others.push_back(parts[i].slot);
    labels.push_back(parts[i].label);
    if (joined.memory_bytes && parts[i].memory_bytes)
      *joined.memory_bytes += *parts[i].memory_bytes;
  }
  joined.label = joined_label(labels);
  return joined;
}

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find(kBetween, begin), name.size());
    parts.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace radsweep::orchestrator
