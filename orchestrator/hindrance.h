// What keeps an orchestrator from writing its database, for people: they cannot read it there.
#pragma once

#include <optional>
#include <string>

#include "orchestrator/store.h"

namespace radsweep::orchestrator {

// Told by the store's owner, as well as a full disk takes it, and taken back.
void tell_hindrance(const Store& store, const std::string& text);
void forget_hindrance(const Store& store);

// "the orchestrator waits: another program holds runs/x/sweep.db locked ...", or what a look at the
// disk says; nothing when the owner works. Meaningful only while the store is owned.
std::optional<std::string> hindrance_of(const Store& store);

}  // namespace radsweep::orchestrator
