// Several slots that train one run together, as one slot.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/environment/slots.h"

namespace radsweep::orchestrator {

// The one slot of all `parts`, at least one: named "A+B", the first computes as rank 0, the memory
// is that of all. Of a single one: itself.
SlotPlan join(const std::vector<SlotPlan>& parts);

// "GPU 0 Quadro P6000" and "GPU 1 Quadro P6000": "GPU 0 + GPU 1 Quadro P6000"; the name of the card
// is the last one's.
std::string joined_label(const std::vector<std::string>& labels);

// The names of the slots of which a slot's name is made: itself when it is of one.
std::vector<std::string> parts_of(const std::string& name);

}  // namespace radsweep::orchestrator
