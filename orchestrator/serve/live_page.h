// The report of a sweep under way: the page, and the small answer that tells browsers when to
// fetch it again.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "db/database.h"
#include "orchestrator/store.h"

namespace radsweep::orchestrator {

// Any thread may call; one at a time uses the database, which is open for reading only. A page is
// made when it is asked for and the sweep has changed, but after each the maker rests at least
// `least_rest` and twenty times what it took: the trainings need the processors.
class LivePage {
 public:
  LivePage(Store store, db::Database database,
           std::chrono::milliseconds least_rest = std::chrono::seconds(5));

  // The report with the script /live.js, which keeps it up to date. Throws Error.
  std::string html();

  // {"page": the name of what html() gives now, "status": as `radsweep status --json`}. Throws
  // Error.
  std::string status();

 private:
  std::string name_now();
  bool rests() const;
  void make(const std::string& name);

  std::mutex mutex_;
  Store store_;
  db::Database database_;
  std::chrono::milliseconds least_rest_;
  std::chrono::steady_clock::time_point rest_until_;
  std::string html_, name_;
};

}  // namespace radsweep::orchestrator
