// How an attempt of a program of the user's ends: what is sealed of it.
#pragma once

#include <filesystem>
#include <string>

#include "worker/attempt/spec.h"
#include "worker/wrap/telling.h"

namespace radsweep::wrap {

// After exit code 0: a result with all epochs, or a failed one (bad_spec: another attempt would end
// the same way) that says that the objective is missing and what was reported instead. Returns the
// exit code of the worker. Throws Error(environment).
int seal_done(const std::filesystem::path& attempt_folder, const attempt::Spec& spec,
              const Telling& telling);
// A failed result of this class; tells the log as well. Returns the exit code of the worker.
int seal_failure(const std::filesystem::path& attempt_folder, const attempt::Spec& spec,
                 const Telling& telling, const std::string& error_class, const std::string& error);

}  // namespace radsweep::wrap
