// Small databases for the tests of the report, filled through the queue as a sweep would.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/run.h"
#include "tests/support/temp_dir.h"

namespace radsweep::test {

enum class Fate { done, running, failed, pending };

struct SampleRun {
  int resolution = 160;
  std::string architecture = "densenet121";
  std::int64_t seed = 1;
  Fate fate = Fate::done;
  std::optional<double> auc = {};  // of the best epoch, 0..1
  std::string variant = "";
  std::string name() const;  // "160-densenet121-s1", then "-<variant>"
};

// Three epochs a run, the second is the best one; ten positive and ten negative studies. A run
// without a given AUC has that of its predictions; a negative one stands for "undefined".
class SampleSweep {
 public:
  explicit SampleSweep(const std::vector<SampleRun>& runs, const std::string& name = "sample");

  // The sweep file names only these runs from now on.
  void keep_only(const std::vector<SampleRun>& runs);

  db::Database& database() { return database_; }
  const TempDir& folder() const { return folder_; }

 private:
  TempDir folder_;
  db::Database database_;
  db::SweepRow sweep_;
};

// ROC-AUC by counting pairs, ties half: slow and obvious.
double auc_by_pairs(const std::vector<db::PredictionRow>& predictions);

}  // namespace radsweep::test
