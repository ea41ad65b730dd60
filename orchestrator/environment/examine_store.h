// Whether a store keeps the promises of its states.
#pragma once

#include "orchestrator/environment/finding.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

// Reads the database and every weights file it names; changes nothing, also while a sweep runs.
// Checks: the database is whole (integrity_check, foreign_key_check); every running or stopping
// run has exactly one open attempt and no other run has one; every done run has a result of an
// attempt it made, whose weights file is there with the recorded SHA-256; every attempt folder
// belongs to an attempt; no process works in the folder of an attempt that has ended.
// One ok finding per check that found nothing. Never throws for what it finds.
Findings examine_store(const Store& store);

}  // namespace radsweep::orchestrator
