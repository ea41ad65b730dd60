// A folder with a tiny sweep, and the real radsweep running in it with the fake worker.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/query.h"
#include "tests/process/process.h"
#include "tests/support/temp_dir.h"

namespace radsweep::test {

// One radsweep process.
class Radsweep : public Process {
 public:
  // `fake`: see fake_behaviour.h.
  Radsweep(const std::filesystem::path& folder, const std::string& name,
           const std::vector<std::string>& arguments, const std::string& fake,
           const Environment& changes = {});
};

class Sandbox {
 public:
  // `seeds`: so many runs "32-small-s1", "32-small-s2", ... on two CPU slots.
  // `environment`: of every radsweep and its workers; RADSWEEP_WORKER names another worker.
  explicit Sandbox(int seeds, int max_attempts = 3, Environment environment = {});
  // Ends what a test left.
  ~Sandbox();

  std::filesystem::path folder() const { return folder_.path(); }
  std::filesystem::path store() const { return folder() / "runs" / "tiny"; }
  std::filesystem::path attempt(const std::string& run, int number) const;
  // What `wait_for=` of a fake worker may name: exists after open_gate().
  std::string gate() const { return (folder() / "gate").string(); }
  void open_gate() const;
  // Adds to the environment of what is started from now on.
  void set(const Environment& changes);

  // `fake`: see fake_behaviour.h.
  Radsweep start(const std::string& fake = "", const std::vector<std::string>& more = {});
  Radsweep command(const std::vector<std::string>& arguments, const std::string& fake = "");
  // start() and wait().
  std::optional<int> run(const std::string& fake = "");

  // First column of the rows of a query on the store's database, as text; empty without one.
  std::vector<std::string> ask(const std::string& sql) const;
  std::string ask_one(const std::string& sql) const;  // its first row
  // Every bit of metrics, predictions, results and weights, without what was measured by the
  // clock: equal for equal trainings.
  std::vector<std::string> numbers() const;
  // Processes whose environment names an attempt of this sandbox.
  std::vector<int> workers() const;
  // All processes that came from this sandbox.
  std::vector<int> processes() const;

 private:
  TempDir folder_;
  Environment environment_;
  int started_ = 0;
};

}  // namespace radsweep::test
