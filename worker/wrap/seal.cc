#include "worker/wrap/seal.h"

#include <cstdio>
#include <vector>

#include "base/nearest_name.h"
#include "code_version.h"
#include "worker/attempt/attempt_files.h"
#include "worker/attempt/result.h"

namespace radsweep::wrap {
namespace fs = std::filesystem;
using attempt::WorkerExit;
namespace {

std::string what_is_missing(const std::string& metric, const std::vector<std::string>& names) {
  std::string told;
  for (const std::string& name : names) told += (told.empty() ? "" : ", ") + name;
  return "the program ended well but never reported '" + metric + "', the objective's metric" +
         did_you_mean(metric, names) +
         (told.empty() ? "; it reported nothing" : "; it reported " + told);
}

attempt::Result measured(const attempt::Spec& spec, const Telling& telling) {
  attempt::Result result;
  result.run = spec.run;
  result.identity = spec.identity;
  result.attempt = spec.attempt;
  result.own_epochs = telling.history().epochs();
  result.steps = telling.history().steps();
  result.train_seconds = telling.train_seconds();
  result.device = telling.device();
  result.code_version = kCodeVersion;
  return result;
}

}  // namespace

int seal_done(const fs::path& attempt_folder, const attempt::Spec& spec, const Telling& telling) {
  const History& history = telling.history();
  const attempt::Trainer& trainer = *spec.trainer;
  if (!history.best_epoch(trainer.metric, trainer.mode)) {
    return seal_failure(attempt_folder, spec, telling, "bad_spec",
                        what_is_missing(trainer.metric, history.names()));
  }
  attempt::write_result(attempt_folder, measured(spec, telling));
  return static_cast<int>(WorkerExit::done);
}

int seal_failure(const fs::path& attempt_folder, const attempt::Spec& spec, const Telling& telling,
                 const std::string& error_class, const std::string& error) {
  attempt::Result result = measured(spec, telling);
  result.outcome = attempt::Outcome::failed;
  result.error_class = error_class;
  result.error = error;
  std::fprintf(stderr, "radsweep: %s\n", error.c_str());
  attempt::write_result(attempt_folder, result);
  return static_cast<int>(WorkerExit::failed);
}

}  // namespace radsweep::wrap
