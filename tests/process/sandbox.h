// A folder with a tiny sweep, and the real radsweep running in it with the fake worker.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/query.h"
#include "tests/support/temp_dir.h"

namespace radsweep::test {

// Polls until `condition` holds; false when it does not within `limit_s`.
bool eventually(const std::function<bool()>& condition, double limit_s = 10);

// Whether there is such a process and it has not ended: one that nobody reaped yet has.
bool is_alive(int pid);

// One radsweep process. Killed when it is destroyed.
class Radsweep {
 public:
  Radsweep(const std::filesystem::path& folder, const std::string& name,
           const std::vector<std::string>& arguments, const std::string& fake);
  ~Radsweep();
  Radsweep(const Radsweep&) = delete;
  Radsweep& operator=(const Radsweep&) = delete;

  int pid() const { return pid_; }
  void signal(int number) const;
  // Its exit code, -signal when it was killed; nullopt when it still runs after `limit_s`.
  std::optional<int> wait(double limit_s = 10);
  std::string errors() const;  // its stderr until now
  std::string output() const;  // its stdout until now

 private:
  std::filesystem::path output_, errors_;
  int pid_ = 0;
  std::optional<int> ended_;
};

class Sandbox {
 public:
  // `seeds`: so many runs "32-small-s1", "32-small-s2", ... on two CPU slots.
  explicit Sandbox(int seeds, int max_attempts = 3);
  // Ends the workers that a test left.
  ~Sandbox();

  std::filesystem::path folder() const { return folder_.path(); }
  std::filesystem::path store() const { return folder() / "runs" / "tiny"; }
  std::filesystem::path attempt(const std::string& run, int number) const;
  // What `wait_for=` of a fake worker may name: exists after open_gate().
  std::string gate() const { return (folder() / "gate").string(); }
  void open_gate() const;

  // `fake`: see fake_behaviour.h.
  Radsweep start(const std::string& fake = "", const std::vector<std::string>& more = {});
  Radsweep command(const std::vector<std::string>& arguments, const std::string& fake = "");
  // start() and wait().
  std::optional<int> run(const std::string& fake = "");

  // First column of the rows of a query on the store's database, as text; empty without one.
  std::vector<std::string> ask(const std::string& sql) const;
  std::string ask_one(const std::string& sql) const;  // its first row
  // Metrics and results without what was measured by the clock: equal for equal trainings.
  std::vector<std::string> numbers() const;
  // Processes whose environment names an attempt of this sandbox.
  std::vector<int> workers() const;

 private:
  TempDir folder_;
  int started_ = 0;
};

}  // namespace radsweep::test
